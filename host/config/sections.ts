import type { Section } from "./setting-table.js";

/** What stands below each heading of a written file. */
export const sectionNotes: Record<Section, readonly string[]> = {
    pool: [],
    groups: [
        "The pool can be divided among groups of block sizes. A group that is full borrows from",
        "the others. All four together must not exceed pool_size_mb.",
    ],
};

export const sections = Object.keys(sectionNotes) as Section[];
