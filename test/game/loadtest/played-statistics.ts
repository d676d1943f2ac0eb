import type { PoolStatistics } from "../../../shared/pool-statistics.js";

/** Statistics of an imaginary pool of 100 bytes. */
export function statistics(some: Partial<PoolStatistics> = {}): PoolStatistics {
    return {
        active: 1,
        strategy: "recycle",
        layers: ["crt"],
        pool_size: 100,
        pool_limit: 100,
        committed: 50,
        current_used: 10,
        peak_used: 20,
        pool_allocs: 1000,
        fallback_allocs: 0,
        total_frees: 900,
        pool_frees_ignored: 0,
        reallocs: 5,
        foreign_frees: 0,
        corrupt_headers: 0,
        stray_pointers: 0,
        double_frees: 0,
        by_layer: { crt: { pool_allocs: 1000, fallback_allocs: 0 } },
        histogram: [{ max_size: 20, live: 1, total: 1000 }],
        address_space: null,
        ...some,
    };
}
