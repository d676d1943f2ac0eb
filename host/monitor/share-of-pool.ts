import type { PoolStatistics } from "../client/pool-statistics.js";

/** How much of the pool some bytes are, 0 to 1, by what it may grow to; 0 where it may not be at all. */
export function shareOfPool(bytes: number, { pool_limit }: Pick<PoolStatistics, "pool_limit">): number {
    return pool_limit === 0 ? 0 : Math.min(1, bytes / pool_limit);
}
