import type { AddressSpace, Layer, Strategy } from "../../shared/protocol.js";

/** The statistics of the contract, in the names users script against. Sizes in bytes. */
export interface PoolStatistics {
    /** 1 while new allocations go to the pool, else 0. */
    active: number;
    /** How memory is handed out. */
    strategy: Strategy;
    /** Installed layers. */
    layers: Layer[];
    /** Region reserved. */
    pool_size: number;
    /** Of it, backed by memory. */
    committed: number;
    /** Of it, held by live blocks, header and padding included; `bump`: everything handed out. */
    current_used: number;
    /** Highest `current_used` seen. */
    peak_used: number;
    /** Blocks served from the pool. */
    pool_allocs: number;
    /** Requests that the pool could not serve, served by the original. */
    fallback_allocs: number;
    /** Calls of free. */
    total_frees: number;
    /** Of them, pool pointers that released nothing; `bump`: all of them. */
    pool_frees_ignored: number;
    /** Calls of realloc. */
    reallocs: number;
    /** Frees of pointers that the pool does not own, passed to the original. */
    foreign_frees: number;
    /** Pool pointers whose header failed validation; counted, never a crash. */
    corrupt_headers: number;
    /** Of them, those where no block can begin: the program frees what it must not, and nothing is damaged. */
    stray_pointers: number;
    /** Frees of blocks that were free already; counted, never a crash. */
    double_frees: number;
    /** What each installed layer asked the pool for. Blocks of scrap heaps are in no other counter. */
    by_layer: Partial<Record<Layer, LayerCounters>>;
    /** A row for each size class. */
    histogram: HistogramRow[];
    /** Null in 64-bit programs. */
    address_space: AddressSpace | null;
    /** What `pool_size` may grow to: the region that shares are of. The same, unless the pool reserves in segments. */
    pool_limit: number;
}

/** One size class. */
export interface HistogramRow {
    /** Largest request that it serves, in bytes. */
    max_size: number;
    /** Its blocks that are in use. */
    live: number;
    /** Its blocks that were ever handed out. */
    total: number;
}

/** What came through one layer. */
export interface LayerCounters {
    /** Blocks served from the pool. */
    pool_allocs: number;
    /** Requests that the original had to serve. */
    fallback_allocs: number;
}
