/* SPDX-License-Identifier: MIT */
/* Statistics as they leave the process: one versioned structure, the same bytes in 32-bit and
 * 64-bit processes. A new counter is a new row here and a new version. */
#ifndef POOLNV_STATS_H
#define POOLNV_STATS_H

#include <stdint.h>

#define POOL_SNAPSHOT_VERSION 3u
#define POOL_CLASS_LIMIT      96u /* rows of the histogram at most */

/* Every field is a u64; sizes are in bytes. Exact while no other thread allocates; otherwise each
 * counter may lag by the calls that are under way. */
#define POOL_STAT_FIELDS(X)                                                                        \
    X(active)             /* 0 or 1 */                                                             \
    X(strategy)           /* enum PoolStrategy */                                                  \
    X(pool_size)          /* bytes of the region whose address space is reserved */                \
    X(committed)          /* bytes of it backed by memory */                                       \
    X(current_used)       /* bytes of it held by live blocks, header and padding included */       \
    X(peak_used)          /* highest current_used seen */                                          \
    X(pool_allocs)        /* blocks served from the pool; see game_allocs */                       \
    X(fallback_allocs)    /* requests that the original served in place of the pool */             \
    X(total_frees)        /* calls of free */                                                      \
    X(pool_frees_ignored) /* of them, pool pointers that released nothing */                       \
    X(reallocs)           /* calls of realloc */                                                   \
    X(foreign_frees)      /* frees of pointers the pool does not own, passed to the original */    \
    X(corrupt_headers)    /* pool pointers whose header failed validation */                       \
    X(double_frees)       /* frees of blocks already free */                                       \
    X(game_allocs)        /* of pool_allocs, those of the game's heap; crt has the others */       \
    X(game_fallbacks)     /* of fallback_allocs, those of the game's heap */                       \
    X(scrap_allocs)       /* blocks of scrap heaps, which are in no other counter */               \
    X(scrap_fallbacks)    /* requests to scrap heaps that the pool could not serve */              \
    X(stray_pointers)     /* of corrupt_headers, those where no block can begin */

struct PoolHistogramRow {
    uint64_t max_size; /* largest request, in bytes, that this row counts */
    uint64_t live;     /* blocks not yet freed */
    uint64_t total;    /* blocks ever counted here */
};

struct PoolSnapshot {
    uint32_t bytes;   /* sizeof (struct PoolSnapshot) */
    uint32_t version; /* POOL_SNAPSHOT_VERSION */
#define POOL_STAT_U64(name) uint64_t name;
    POOL_STAT_FIELDS(POOL_STAT_U64)
#undef POOL_STAT_U64
    uint32_t class_count; /* rows filled, the others are zero */
    uint32_t reserved;    /* zero */
    struct PoolHistogramRow classes[POOL_CLASS_LIMIT];
};

_Static_assert(sizeof(struct PoolSnapshot) == 8 + 19 * 8 + 8 + POOL_CLASS_LIMIT * 24,
               "the snapshot is a public format");

#endif
