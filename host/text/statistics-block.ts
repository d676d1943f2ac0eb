import { megabytes } from "../../shared/bytes.js";

/** The counters that the block shows. Sizes in bytes. */
interface Counters {
    pool_allocs: number;
    fallback_allocs: number;
    total_frees: number;
    pool_frees_ignored: number;
    reallocs: number;
    current_used: number;
    peak_used: number;
}

/** The statistics block, as the log and the console show it: one line per array element. */
export function statisticsBlock(counters: Counters): string[] {
    return [
        "=== Memory Pool Statistics ===",
        `Pool allocations: ${counters.pool_allocs}`,
        `Fallback allocations: ${counters.fallback_allocs}`,
        `Total frees: ${counters.total_frees} (ignored: ${counters.pool_frees_ignored})`,
        `Realloc operations: ${counters.reallocs}`,
        `Current usage: ${megabytes(counters.current_used)} MB`,
        `Peak usage: ${megabytes(counters.peak_used)} MB`,
    ];
}
