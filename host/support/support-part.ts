/** One file of a support bundle. */
export interface SupportPart {
    /** Its name in the bundle. */
    readonly name: string;
    /** Where its content comes from, for people: a path, or words. */
    readonly source: string;
    /** What it holds. */
    readonly text: string;
}

/** A part that programs may read, too. */
export function documentPart(name: string, source: string, document: unknown): SupportPart {
    return { name, source, text: `${JSON.stringify(document, null, 4)}\n` };
}
