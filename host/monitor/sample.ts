import type { PoolStatistics } from "../client/pool-statistics.js";

/** A pool at one moment. */
export interface Sample {
    /** By the clock on the wall, in milliseconds since 1970. */
    readonly time: number;
    /** Since the first sample, in seconds, by a clock that nobody sets. */
    readonly elapsed: number;
    /** What the pool told. */
    readonly statistics: PoolStatistics;
    /** What happened since the sample before; null in the first. */
    readonly rates: Rates | null;
}

/** Calls in a second. */
export interface Rates {
    /** Blocks served from the pool. */
    readonly allocs: number;
    /** Calls of free. */
    readonly frees: number;
    /** Calls of realloc. */
    readonly reallocs: number;
    /** Requests that the pool could not serve. */
    readonly fallbacks: number;
}

/** @param seconds between the two, above 0 */
export function ratesBetween(before: PoolStatistics, after: PoolStatistics, seconds: number): Rates {
    // A counter may lag behind itself for a moment while threads run.
    const rate = (earlier: number, later: number) => Math.max(0, later - earlier) / seconds;
    return {
        allocs: rate(before.pool_allocs, after.pool_allocs),
        frees: rate(before.total_frees, after.total_frees),
        reallocs: rate(before.reallocs, after.reallocs),
        fallbacks: rate(before.fallback_allocs, after.fallback_allocs),
    };
}
