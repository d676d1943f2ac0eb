import type { Layer, Strategy } from "./protocol/install.js";
import type { AddressSpace } from "./protocol/pool.js";

/** The statistics of a pool, in the names that users script against. Sizes are in bytes. */
export interface PoolStatistics {
    /** 1 while new allocations go to the pool, else 0. */
    active: number;
    /** How memory is handed out. */
    strategy: Strategy;
    /** Installed layers. */
    layers: Layer[];
    /** Reserved address space. */
    pool_size: number;
    /** The part of it that is backed by memory. */
    committed: number;
    /** The part of it in live blocks, with headers and padding; with `bump`: all that was handed out. */
    current_used: number;
    /** Highest `current_used` so far. */
    peak_used: number;
    /** Blocks served from the pool. */
    pool_allocs: number;
    /** Requests that the pool could not serve; the original served them. */
    fallback_allocs: number;
    /** Calls of free. */
    total_frees: number;
    /** Calls of free with a pool pointer that released nothing; with `bump`: all of them. */
    pool_frees_ignored: number;
    /** Calls of realloc. */
    reallocs: number;
    /** Frees of pointers that the pool does not own, passed to the original. */
    foreign_frees: number;
    /** Pool pointers whose header failed validation; counted, never a crash. */
    corrupt_headers: number;
    /** The part of them that points where no block can begin: the program's error, without damage to a header. */
    stray_pointers: number;
    /** Frees of blocks that were free already; counted, never a crash. */
    double_frees: number;
    /** Counters of each installed layer. Blocks of scrap heaps are in no other counter. */
    by_layer: Partial<Record<Layer, LayerCounters>>;
    /** One row for each size class. */
    histogram: HistogramRow[];
    /** Null in 64-bit programs. */
    address_space: AddressSpace | null;
    /** Upper bound of `pool_size`, of which shares are computed; larger only if the pool reserves in segments. */
    pool_limit: number;
}

/** Counters of one size class. */
export interface HistogramRow {
    /** Largest request that it serves, in bytes. */
    max_size: number;
    /** Blocks in use. */
    live: number;
    /** Blocks handed out so far. */
    total: number;
}

/** Counters of one layer. */
export interface LayerCounters {
    /** Blocks served from the pool. */
    pool_allocs: number;
    /** Requests that the original had to serve. */
    fallback_allocs: number;
}

/** The address space of a 32-bit program, and the pool's part of it, in bytes. */
export type PoolAddressSpace = AddressSpace & Pick<PoolStatistics, "pool_size" | "committed">;
