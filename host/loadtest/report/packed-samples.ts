/**
 * Samples of one save as columns of whole numbers, each as the difference from the one before: most are small and many
 * the same, which takes little room once it is deflated.
 */
export interface PackedSamples {
    /** Milliseconds since the save's turn began. */
    readonly at: Differences;
    /** KB held by live blocks. */
    readonly used: Differences;
    /** KB, highest so far. */
    readonly peak: Differences;
    /** KB backed by memory. */
    readonly committed: Differences;
    /** KB of the address space's largest hole; null where there is no such thing. */
    readonly hole: Differences;
    /** Hundredths of a fallback in a second, since the sample before; null in the first. */
    readonly fallbackRate: Differences;
}

/** Null is a value that is not known. */
export type Differences = readonly (number | null)[];

export const columnNames = ["at", "used", "peak", "committed", "hole", "fallbackRate"] as const;
export type ColumnName = (typeof columnNames)[number];
export type Columns = Record<ColumnName, (number | null)[]>;

export function packColumns(columns: Columns): PackedSamples {
    return mapColumns((name) => differencesOf(columns[name]));
}

export function unpackColumns(samples: PackedSamples): Columns {
    return mapColumns((name) => sumsOf(samples[name]));
}

export function mapColumns<Column>(columnOf: (name: ColumnName) => Column): Record<ColumnName, Column> {
    return Object.fromEntries(columnNames.map((name) => [name, columnOf(name)])) as Record<ColumnName, Column>;
}

function differencesOf(values: readonly (number | null)[]): Differences {
    let before = 0;
    return values.map((value) => {
        if (value === null) return null;
        const difference = value - before;
        before = value;
        return difference;
    });
}

function sumsOf(differences: Differences): (number | null)[] {
    let value = 0;
    return differences.map((difference) => (difference === null ? null : (value += difference)));
}
