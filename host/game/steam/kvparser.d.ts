declare module "kvparser" {
    /** @throws Error for a text that is not VDF */
    export function parse(text: string): Record<string, unknown>;
}
