/** First address, and the one behind the last. */
export type Range = readonly [number, number];

/** Every mapping of this process as Linux lists it, from low to high, Frida's own included. */
export function mappedRanges(file: string): Range[] {
    const maps = new File(file, "r");
    const ranges: Range[] = [];
    for (let line = maps.readLine(); line !== ""; line = maps.readLine()) {
        const [from = "", to = ""] = line.slice(0, line.indexOf(" ")).split("-");
        ranges.push([parseInt(from, 16), parseInt(to, 16)]);
    }
    maps.close();
    return ranges;
}

/** The size of every gap between two addresses that no range covers, in bytes. The ranges are in order. */
export function gapsBetween(ranges: readonly Range[], from: number, to: number): number[] {
    const gaps: number[] = [];
    let end = from;
    for (const [first, behind] of ranges) {
        if (Math.min(first, to) > end) gaps.push(Math.min(first, to) - end);
        end = Math.max(end, behind);
    }
    if (end < to) gaps.push(to - end);
    return gaps;
}
