/** What repetitions of one measurement gave. */
export interface Spread {
    readonly median: number;
    readonly min: number;
    readonly max: number;
    readonly count: number;
}

/**
 * Median and extremes.
 *
 * @param values at least one
 */
export function spreadOf(values: readonly number[]): Spread {
    const sorted = [...values].sort((a, b) => a - b);
    if (sorted.length === 0) throw new Error("a spread of nothing was asked for");
    return { median: median(sorted), min: sorted[0]!, max: sorted.at(-1)!, count: sorted.length };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
