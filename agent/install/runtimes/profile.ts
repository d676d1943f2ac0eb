/** What poolnv knows of one C runtime: where it is found and which functions make up its allocation family. */
export interface RuntimeProfile {
    name: string;
    /** The runtime's module in this process, or null. */
    find(): Module | null;
    /** Whoever can hand out, free, resize or measure a block. Earlier names win where two share an address. */
    family: readonly string[];
    /** Those without which nothing is hooked. */
    required: readonly string[];
}
