/* SPDX-License-Identifier: MIT */
/* Data of the layer `scrapheap` in the metadata mapping. For what it does see hooks/scrap_heap.h.
 */
#ifndef POOLNV_SCRAP_TYPES_H
#define POOLNV_SCRAP_TYPES_H

#include "../platform/platform.h"

#define SCRAP_RECORDS 512u /* heaps alive at a time: one for each thread, some on stacks */
#define SCRAP_WAYS    8u   /* records that a heap may be in: the table is set-associative */
#define SCRAP_HASH    23u  /* 32 - log2 (SCRAP_RECORDS) */
#define SCRAP_UNOWNED ((uintptr_t)1)
#define SCRAP_MARK    ((uintptr_t)POOLNV_REGION)

#define SCRAP_LIVE  0x5C4A9B1Eu
#define SCRAP_FREED 0xA7B562E1u
#define SCRAP_KEY   0x3D91C6A5u

/* The game's object after an initialisation or a purge by the pool: the mark, and zero. */
struct ScrapHeap {
    uintptr_t mark, rest[3];
};

/* In front of the user bytes, which are 16-byte aligned or better. */
struct ScrapBlock {
    uint32_t size;     /* bytes requested */
    uint32_t previous; /* offset of the header before it in the chunk, 0 none */
    uint32_t tag;      /* low half of the user address ^ size ^ previous ^ key of the chunk */
    uint32_t state;    /* SCRAP_LIVE or SCRAP_FREED; written by any thread */
};

/* A chunk is a run of pages without a header. In its head's PoolPage: `next` is the chunk below it
 * in its line; `free` and `carved` are what the line had in `free` and `last` when it took the next
 * chunk; `line_id` is its line; `chunk_key` is a new value each time the pages become a chunk, so
 * that an old block is never taken for a live one. */
#define SCRAP_LINE_ID(record, is_shared) ((record)*2 + (is_shared))

/* Allocation state of a stack of chunks. Offsets in the region, all 0 for a line without a chunk.
 * scrap_heap_i386.c contains the offsets of the fields. */
struct ScrapLine {
    uint32_t free;      /* offset at which the next header may begin */
    uint32_t end;       /* of the chunk */
    uint32_t last;      /* header of the newest block, 0 if there is none in this chunk */
    uint32_t chunk;     /* the newest, from which blocks are handed out */
    uint32_t chunk_key; /* of that chunk */
    uint32_t spare;     /* an empty chunk retained for the next demand, 0 none */
    PoolCounter allocs; /* blocks handed out; not reset when another heap gets the record */
};

struct ScrapRecord {
    uintptr_t key;   /* address of the game's object, 0: unused. Written with ScrapState.lock */
    uintptr_t owner; /* POOL_SELF of the thread that uses `own`, or SCRAP_UNOWNED */
    struct ScrapLine own;    /* of the owner alone, without a lock */
    struct ScrapLine shared; /* of all other threads */
    volatile uint32_t lock;  /* of `shared` */
    uint32_t reserved;
};

struct ScrapState {
    volatile uint32_t lock;           /* of taking and returning records */
    volatile uint32_t chunks;         /* ever made */
    volatile uint32_t fallback_lock;  /* of the next */
    volatile uint32_t fallback_count; /* blocks of the C runtime handed out in place of ours */
    struct ScrapFallback *fallbacks;  /* the newest; NULL ends the list */
};

#endif
