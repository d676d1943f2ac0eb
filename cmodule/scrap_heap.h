/* SPDX-License-Identifier: MIT */
/* The layer `scrapheap`: the game's ScrapHeaps, for blocks that live briefly. Each hands out its
 * chunks from the bottom up and goes back as far as its newest blocks are freed.
 *
 * The game's object ({base, commitStart, commitEnd, lastBlock}, 16 bytes, opaque to its callers) is
 * only a name: what a heap has is in a record in the metadata, found by the object's address. An
 * object whose first word is the address of our region (SCRAP_MARK) was initialised or purged here;
 * any other has the game's own form, and is left as it is. That is what makes attaching to a
 * running game possible: a heap which lived before it was hooked
 *
 *   - gets a record, as any other, with its next allocation, and hands out blocks of the pool;
 *   - still has its older blocks, which are outside the region: freeing one goes to the original,
 *     which finds the object and its chain of blocks as it left them;
 *   - is given to the original's purge too when it is purged, and carries the mark from then on. An
 *     initialisation makes it ours at once; the original would forget its buffer as well.
 *
 * Threads. The thread that first allocates from a heap owns its record: it alone uses the line
 * `own`, without a lock. A heap is used by one thread as a rule; whoever else allocates from it is
 * served by the line `visitors`, under the record's lock. A block is freed by its owner going back
 * over it, or by any other thread with one atomic change of its state; the owner goes back over
 * what it finds marked so when it frees next, or runs out of room. No other thread ever changes a
 * line or reads one that is not its own. Initialising and purging a heap others are using is the
 * program's mistake, here as in the original. */
#ifndef POOLNV_SCRAP_HEAP_H
#define POOLNV_SCRAP_HEAP_H

#define SCRAP_RECORDS 512u /* heaps that live at a time: one for each thread, some on stacks */
#define SCRAP_WAYS    8u   /* records in which one is looked for */
#define SCRAP_HASH    23u  /* 32 - log2 (SCRAP_RECORDS) */
#define SCRAP_NOBODY  ((uintptr_t)1)
#define SCRAP_MARK    ((uintptr_t)POOLNV_REGION)

#define SCRAP_LIVE  0x5C4A9B1Eu
#define SCRAP_FREED 0xA7B562E1u
#define SCRAP_CODE  0x3D91C6A5u

/* The game's object, as we leave it: the mark, and zero. */
struct ScrapHeap {
    uintptr_t mark, rest[3];
};

/* In front of the user bytes, which are 16-byte aligned or better. */
struct ScrapBlock {
    uint32_t size;     /* bytes asked for */
    uint32_t previous; /* offset of the header before it in the chunk, 0 none */
    uint32_t tag;      /* low half of the user address ^ size ^ previous ^ code of the chunk */
    uint32_t state;    /* SCRAP_LIVE or SCRAP_FREED; any thread */
};

/* A chunk is a run of pages without a header. In its head's entry of the page table: `next` the
 * chunk below in its line; `free` and `carved` what that line had in `free` and `last` when it took
 * the next chunk; `out` whose it is, SCRAP_PLACE; `reserved` its code, another each time the pages
 * become a chunk, so that no block of before passes for a live one. */
#define SCRAP_PLACE(record, visitors) ((record)*2 + (visitors))

/* Offsets in the region; of a line without a chunk all are 0. scrap_heap_i386.c knows the places.
 */
struct ScrapLine {
    uint32_t free;      /* where the next header may begin */
    uint32_t end;       /* of the chunk */
    uint32_t last;      /* header of the newest block not gone back over, 0 none in this chunk */
    uint32_t chunk;     /* the newest, from which blocks are handed out */
    uint32_t code;      /* of the chunk */
    uint32_t spare;     /* an empty chunk kept for the next demand, 0 none */
    PoolCounter allocs; /* blocks handed out; goes on when the record becomes another heap's */
};

struct ScrapRecord {
    uintptr_t key;   /* address of the object, 0: not in use. Written under the lock of all */
    uintptr_t owner; /* POOL_SELF of the thread that uses `own`, or SCRAP_NOBODY */
    struct ScrapLine own, visitors;
    volatile uint32_t lock; /* of `visitors` */
    uint32_t reserved;
};

/* What all of them share. */
struct ScrapState {
    volatile uint32_t lock;        /* of taking and giving back records */
    volatile uint32_t chunks;      /* ever made */
    volatile uint32_t stray_lock;  /* of the next */
    volatile uint32_t stray_count; /* blocks of the C runtime that stand in for ours */
    struct ScrapStray *strays;     /* the newest; NULL ends the list */
};

#endif
