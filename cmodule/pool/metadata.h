/* SPDX-License-Identifier: MIT */
/* Layout of the metadata mapping, and of what its size depends on. */
#ifndef POOLNV_METADATA_H
#define POOLNV_METADATA_H

#define POOL_PAGE_SHIFT       13
#define POOL_PAGE_BYTES       (1u << POOL_PAGE_SHIFT)
#define POOL_PAGE_ENTRY_BYTES 32u  /* struct PoolPage */
#define POOL_CACHE_LIMIT      128u /* threads with a cache of their own at a time */

/* Layout of the metadata mapping, behind the control block at offset 0. */
#define POOL_STATE_OFFSET    0x1000u  /* struct PoolState */
#define POOL_READABLE_OFFSET 0x10000u /* a byte for each chunk of 4 GB */
#define POOL_CLASSES_OFFSET  0x20000u /* a byte for each page of 4 GB */
#define POOL_CACHES_OFFSET   0xA0000u /* struct PoolCache and its slots, POOL_CACHE_COUNT times */
#define POOL_CACHE_BYTES_32  0x8000u
#define POOL_CACHE_BYTES_64  0x10000u
#define POOL_SCRAP_OFFSET    (POOL_CACHES_OFFSET + POOL_CACHE_COUNT * POOL_CACHE_BYTES)
#define POOL_SCRAP_BYTES     0x10000u /* struct ScrapRecord, SCRAP_RECORDS times */
#define POOL_TABLE_OFFSET    (POOL_SCRAP_OFFSET + POOL_SCRAP_BYTES)
#define POOL_TABLE_BYTES     /* struct PoolPage for each page, one more for the end of the region */ \
    (((POOLNV_REGION_BYTES >> POOL_PAGE_SHIFT) + 2) / 2 * 2 * POOL_PAGE_ENTRY_BYTES)
#define POOL_SAMPLER_OFFSET (POOL_TABLE_OFFSET + POOL_TABLE_BYTES) /* struct PoolSampler */
#define POOL_SAMPLER_BYTES  0x30000u
#define POOL_METADATA_BYTES (POOL_SAMPLER_OFFSET + POOL_SAMPLER_BYTES)

/* SHARED serves all threads that can't have their own cache, under a lock. NEW and DEPARTED never
 * hold a block: the slot of a thread without a cache yet leads to NEW, that of a thread that uses
 * SHARED (because all caches are owned, or because it is about to end) to DEPARTED. The magazines
 * of DEPOT are protected by the class locks. */
#define POOL_CACHE_SHARED   0u
#define POOL_CACHE_NEW      1u
#define POOL_CACHE_DEPARTED 2u
#define POOL_CACHE_DEPOT    3u
#define POOL_CACHE_FIRST    4u
#define POOL_CACHE_COUNT    (POOL_CACHE_LIMIT + POOL_CACHE_FIRST)

#ifndef __x86_64__
#define POOL_CACHE_BYTES POOL_CACHE_BYTES_32
#else
#define POOL_CACHE_BYTES POOL_CACHE_BYTES_64
#endif

#endif
