import { megabytes, size } from "../../shared/bytes.js";
import type { HistogramRow, PoolStatistics } from "../../shared/pool-statistics.js";
import type { PoolAddressSpace } from "../../shared/pool-statistics.js";

/** A line for each layer: its requests, and the share that the pool served. */
export function layerLines(layers: PoolStatistics["by_layer"]): string[] {
    const rows = Object.entries(layers).map(([name, { pool_allocs, fallback_allocs }]) => {
        const all = pool_allocs + fallback_allocs;
        const share = all === 0 ? "nothing yet" : `${((100 * pool_allocs) / all).toFixed(2)} % of all requests`;
        return { name, pool: String(pool_allocs), rest: `fallback ${fallback_allocs}  (${share})` };
    });
    const names = widest(rows.map(({ name }) => name));
    const counts = widest(rows.map(({ pool }) => pool));
    return rows.map(({ name, pool, rest }) => `${name.padEnd(names)}  pool ${pool.padStart(counts)}  ${rest}`);
}

/** The address space of a 32-bit program and the pool's part of it; one line for a 64-bit program. */
export function addressSpaceLines(space: PoolAddressSpace | null): string[] {
    if (space === null) return ["A 64-bit program does not run out of address space."];
    const bound = space.is_lower_bound ? "at least " : "";
    return [
        `Address space: ${megabytes(space.total)} MB, free ${bound}${megabytes(space.free)} MB, ` +
            `largest hole ${bound}${megabytes(space.largest_hole)} MB`,
        `Pool: ${megabytes(space.pool_size)} MB reserved, ${megabytes(space.committed)} MB committed`,
    ];
}

const barWidth = 40;

/** A bar for each size class that was ever used, scaled to the class with the most live blocks. */
export function histogramBars(rows: HistogramRow[]): string[] {
    const used = rows.filter((row) => row.total > 0);
    const most = Math.max(1, ...used.map((row) => row.live));
    const columns = used.map((row) => ({
        size: `<= ${size(row.max_size)}`,
        bar: "#".repeat(Math.ceil((row.live / most) * barWidth)).padEnd(barWidth),
        live: String(row.live),
        total: String(row.total),
    }));
    const width = (name: "size" | "live" | "total") => widest(columns.map((column) => column[name]));
    return columns.map(
        ({ size, bar, live, total }) =>
            `${size.padStart(width("size"))}  ${bar}  live ${live.padStart(width("live"))}` +
            `  total ${total.padStart(width("total"))}`,
    );
}

function widest(texts: readonly string[]): number {
    return Math.max(0, ...texts.map((text) => text.length));
}
