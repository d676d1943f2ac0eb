import type { HistogramRow, PoolStatistics } from "../client/pool-statistics.js";
import type { PoolAddressSpace } from "../client/memory-pool.js";

/** One MB of the console commands, in bytes. */
export const MEGABYTE = 1_048_576;

/** The statistics block, as the log and the console show it. */
export function statisticsBlock(statistics: PoolStatistics): string[] {
    return [
        "=== Memory Pool Statistics ===",
        `Pool allocations: ${statistics.pool_allocs}`,
        `Fallback allocations: ${statistics.fallback_allocs}`,
        `Total frees: ${statistics.total_frees} (ignored: ${statistics.pool_frees_ignored})`,
        `Realloc operations: ${statistics.reallocs}`,
        `Current usage: ${megabytes(statistics.current_used)} MB`,
        `Peak usage: ${megabytes(statistics.peak_used)} MB`,
    ];
}

/** A line for each layer: what it asked for, and the share that the pool served. */
export function layerLines(layers: PoolStatistics["by_layer"]): string[] {
    const rows = Object.entries(layers);
    const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
    const names = width(rows.map(([name]) => name));
    const counts = width(rows.map(([, { pool_allocs }]) => String(pool_allocs)));
    return rows.map(([name, { pool_allocs, fallback_allocs }]) => {
        const all = pool_allocs + fallback_allocs;
        const share = all === 0 ? "nothing yet" : `${((100 * pool_allocs) / all).toFixed(2)} % of all requests`;
        return `${name.padEnd(names)}  pool ${String(pool_allocs).padStart(counts)}  fallback ${fallback_allocs}  (${share})`;
    });
}

/** The address space in words, or why there is nothing to say of it. */
export function addressSpaceBlock(space: PoolAddressSpace | null): string[] {
    if (space === null) return ["A 64-bit program does not run out of address space."];
    const least = space.is_lower_bound ? "at least " : "";
    return [
        `Address space: ${megabytes(space.total)} MB, free ${least}${megabytes(space.free)} MB, ` +
            `largest hole ${least}${megabytes(space.largest_hole)} MB`,
        `Pool: ${megabytes(space.pool_size)} MB reserved, ${megabytes(space.committed)} MB committed`,
    ];
}

/** Bytes in MB with two decimals, without the unit. */
export function megabytes(bytes: number): string {
    return (bytes / MEGABYTE).toFixed(2);
}

/** A bar for each size class that was ever used, scaled to the class with the most live blocks. */
export function histogramBars(rows: HistogramRow[]): string[] {
    const used = rows.filter((row) => row.total > 0);
    const most = Math.max(1, ...used.map((row) => row.live));
    const columns = used.map((row) => ({
        size: `<= ${size(row.max_size)}`,
        bar: "#".repeat(Math.ceil((row.live / most) * BAR_WIDTH)).padEnd(BAR_WIDTH),
        live: String(row.live),
        total: String(row.total),
    }));
    const width = (name: "size" | "live" | "total") => Math.max(0, ...columns.map((column) => column[name].length));
    return columns.map(
        ({ size, bar, live, total }) =>
            `${size.padStart(width("size"))}  ${bar}  live ${live.padStart(width("live"))}` +
            `  total ${total.padStart(width("total"))}`,
    );
}

/** Words as a person lists them: `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const BAR_WIDTH = 40;

/** A size in the largest unit that divides it: 48 B, 4 KB, 1 MB. */
export function size(bytes: number): string {
    const [divisor, unit] = bytes % MEGABYTE === 0 ? [MEGABYTE, "MB"] : bytes % 1024 === 0 ? [1024, "KB"] : [1, "B"];
    return `${bytes / divisor} ${unit}`;
}
