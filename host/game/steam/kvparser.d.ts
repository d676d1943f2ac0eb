declare module "kvparser" {
    /** @throws Error where the text is not of this format */
    export function parse(text: string): Record<string, unknown>;
}
