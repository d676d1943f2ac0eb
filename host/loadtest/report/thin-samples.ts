import { columnNames, type Columns, mapColumns } from "./packed-samples.js";

/** What one page holds, so that it opens quickly. */
const samplesOfReport = 600_000;

/** How many samples of each save are kept in a report of so many saves. */
export function samplesKept(saves: number): number {
    return Math.min(6000, Math.max(120, Math.floor(samplesOfReport / Math.max(1, saves))));
}

/**
 * Leaves samples out so that a plot of the rest shows the same: of each span of time those samples stay, at their own
 * times, that have the lowest or the highest value of any column.
 *
 * @param columns in order of time
 * @param most how many may be left, 60 at least
 */
export function thinSamples(columns: Columns, most: number): Columns {
    const { at } = columns;
    if (at.length <= most) return columns;
    const [first, last] = [at[0]!, at.at(-1)!];
    const spans = Math.floor(most / (2 * columnNames.length));
    const spanOf = (index: number) =>
        Math.min(spans - 1, Math.floor(((at[index]! - first) / Math.max(1, last - first)) * spans));
    const kept = new Set<number>();
    for (let begin = 0, end = 0; begin < at.length; begin = end) {
        while (end < at.length && spanOf(end) === spanOf(begin)) end++;
        for (const name of columnNames) for (const index of extremes(columns[name], begin, end)) kept.add(index);
    }
    const order = [...kept].sort((one, other) => one - other);
    return mapColumns((name) => order.map((index) => columns[name][index]!));
}

/** Where the lowest and the highest value of a part stand; nowhere, if none is known. */
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
