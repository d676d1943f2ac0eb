/**
 * Samples of one save as columns of whole numbers, each stored as the difference from the one before: most are small and
 * many are equal, which deflates well.
 */
export interface PackedSamples {
    /** Milliseconds since the test case began. */
    readonly at: Differences;
    /** KB held by live blocks. */
    readonly used: Differences;
    /** KB, highest so far. */
    readonly peak: Differences;
    /** KB backed by memory. */
    readonly committed: Differences;
    /** KB of the address space's largest hole; null if it is not known. */
    readonly hole: Differences;
    /** Fallbacks per 100 seconds, since the sample before; null in the first. */
    readonly fallbackRate: Differences;
}

/** Null is an unknown value. */
type Differences = readonly (number | null)[];

export const columnNames = ["at", "used", "peak", "committed", "hole", "fallbackRate"] as const;
type ColumnName = (typeof columnNames)[number];

/** The values themselves, in order of time. */
export type Columns = Record<ColumnName, (number | null)[]>;

export function packColumns(columns: Columns): PackedSamples {
    return mapColumns((name) => differencesOf(columns[name]));
}

export function unpackColumns(samples: PackedSamples): Columns {
    return mapColumns((name) => sumsOf(samples[name]));
}

/** Samples of one page: more would make it slow to open. */
const samplesOfReport = 600_000;

/** Largest number of samples of each save in a report of so many saves. */
export function samplesPerSave(saves: number): number {
    return Math.min(6000, Math.max(120, Math.floor(samplesOfReport / Math.max(1, saves))));
}

/**
 * Drops samples so that a plot of the others looks the same: of each span of time, the samples with the lowest and the
 * highest value of any column are retained, at their own times.
 *
 * @param most largest number of samples, at least 60
 */
export function thinSamples(columns: Columns, most: number): Columns {
    const { at } = columns;
    if (at.length <= most) return columns;
    const [first, last] = [at[0]!, at.at(-1)!];
    const spans = Math.floor(most / (2 * columnNames.length));
    const spanOf = (index: number) =>
        Math.min(spans - 1, Math.floor(((at[index]! - first) / Math.max(1, last - first)) * spans));
    const retained = new Set<number>();
    for (let begin = 0, end = 0; begin < at.length; begin = end) {
        while (end < at.length && spanOf(end) === spanOf(begin)) end++;
        for (const name of columnNames) for (const index of extremes(columns[name], begin, end)) retained.add(index);
    }
    const order = [...retained].sort((one, other) => one - other);
    return mapColumns((name) => order.map((index) => columns[name][index]!));
}

/** Indices of the lowest and the highest value in a range; empty if all are unknown. */
function extremes(values: readonly (number | null)[], begin: number, end: number): number[] {
    let [lowest, highest] = [-1, -1];
    for (let index = begin; index < end; index++) {
        const value = values[index];
        if (value === null || value === undefined) continue;
        if (lowest < 0 || value < values[lowest]!) lowest = index;
        if (highest < 0 || value > values[highest]!) highest = index;
    }
    return lowest < 0 ? [] : [lowest, highest];
}

function mapColumns<Column>(columnOf: (name: ColumnName) => Column): Record<ColumnName, Column> {
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
