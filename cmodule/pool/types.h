/* SPDX-License-Identifier: MIT */
/* A memory pool in a reserved region, installed behind malloc by patched jumps. Vocabulary:
 *
 * region    reserved address space, at most 4 GB less 64 KB; offsets in it are 32 bits wide
 * page      8 KB of the region, the unit of the page table (not a page of the OS)
 * chunk     64 KB of the region, the unit in which memory is committed and decommitted
 * segment   16 MB of addresses, reserved on demand when the region is not reserved in one piece
 * arena     a part of the region for some size classes; other arenas may borrow pages from it
 * run       adjacent pages with one owner: free, a span, a large block, a chunk of a scrap heap
 * head      first page of a run; its page-table entry describes the run
 * span      run cut into blocks of one size class
 * block     header and user bytes; its stride is the distance to the next block of the span
 * carved    cut from its span at least once; memory behind `carved` has never been written
 * magazine  free blocks of one size class in one thread's cache
 * cache     the magazines of one thread, one for each size class
 * depot     the magazines through which caches exchange batches of blocks
 * in use    of a block: not on its span's free list; live, cached or quarantined
 * frontier  of an arena: end of what was committed; chunks below it may be holes (decommitted)
 * top       of an arena: end of what was ever handed out; never above the frontier
 * offset    of a block: distance from the start of the region to its user bytes
 *
 * Blocks have no owning thread: a freed block goes into the cache of the thread that frees it, and
 * caches exchange blocks with the spans in batches. So neither malloc nor free waits for another
 * thread, whichever thread allocated.
 *
 * Lock order: record of a scrap heap, shared cache, quarantine, size class, page heap, segments,
 * sampler, routing. No original function is called with a lock held. All state is in the metadata
 * mapping. */
#ifndef POOLNV_TYPES_H
#define POOLNV_TYPES_H

#include "../control.h"
#include "../platform/platform.h"
#include "../stats.h"
#include "header.h"
#include "metadata.h"

#define POOL_CHUNK_SHIFT      16
#define POOL_CHUNK_BYTES      (1u << POOL_CHUNK_SHIFT)
#define POOL_CHUNK_PAGES      (POOL_CHUNK_BYTES >> POOL_PAGE_SHIFT)
#define POOL_SEGMENT_SHIFT    24
#define POOL_SEGMENT_LIMIT    256
#define POOL_SMALL_MAX        32768u /* largest request served from a span */
#define POOL_SMALL_LIMIT      80u    /* most size classes */
#define POOL_UNITS            2112u  /* more than (POOL_SMALL_MAX + POOL_HEADER + 15) / 16 */
#define POOL_TINY_INDEX       1u     /* of the tiny class, in the order of the strides */
#define POOL_TINY_STRIDE      24u
#define POOL_TINY_MAX         (POOL_TINY_STRIDE - POOL_HEADER)
#define POOL_LARGE_ROWS       17u /* histogram rows of large blocks: up to 2^16, 2^17 .. 2^32 */
#define POOL_LARGE_MAX        (POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES) /* largest request */
#define POOL_BIN_LIMIT        128u
#define POOL_ARENA_MIN_REGION 0x8000000u /* bytes: smaller regions have one arena */
#define POOL_ENDED_LIMIT      128u       /* rows of PoolState.ended, a power of two */

/* Offset of a magazine in a cache. The fast path uses the one of the next class, so that 0 is left
 * for pages and sizes without a class. */
#ifndef __x86_64__
#define POOL_MAGAZINE_SHIFT 5 /* log2 (sizeof (struct PoolMagazine)) */
#define POOL_MAGAZINE_PADDING
#else
#define POOL_MAGAZINE_SHIFT   6
#define POOL_MAGAZINE_PADDING uint64_t padding[3];
#endif
#define POOL_MAGAZINE_AT(index)     ((uint32_t)(index) << POOL_MAGAZINE_SHIFT)
#define POOL_MAGAZINE_BEHIND(index) POOL_MAGAZINE_AT((index) + 1)

/* ---- segments ---- */

enum PoolSegment {
    POOL_SEGMENT_UNSEEN, /* not needed yet */
    POOL_SEGMENT_OURS,   /* reserved by the pool */
    POOL_SEGMENT_LOST,   /* part of it was in use before the pool needed it */
};

/* ---- page table ---- */

enum PoolKind {
    POOL_KIND_NONE,
    POOL_KIND_FREE,
    POOL_KIND_SPAN,
    POOL_KIND_LARGE,
    POOL_KIND_EDGE,
    POOL_KIND_SCRAP,
    POOL_KIND_LOST /* a run of pages in a lost segment */
};
#define POOL_KIND_MASK      0xFFu
#define POOL_NOT_LISTED     0xFFFFFFFFu
#define POOL_SPAN_TAG(c, n) (POOL_KIND_SPAN | (c) << 8 | (n) << 16)
#define POOL_TAG_CLASS(tag) ((tag) >> 8 & 0xFFu)
#define POOL_TAG_BACK(tag)  ((tag) >> 16)

/* One entry for each page, then one for the end of the region. Links are page numbers; 0 ends a
 * list, because page 0 is never handed out. Only the head's entry is used, except for `tag` and for
 * `pages` in the last page of a free run. For chunks of scrap heaps see scrap_types.h. */
struct PoolPage {
    uint32_t tag;    /* low byte enum PoolKind; in a span and a scrap chunk every page has it, with
                        class and distance to the head. Read without a lock; written with the
                        page-heap lock, and for spans with the class lock too */
    uint32_t pages;  /* pages in the run; page-heap lock, constant while a span lives */
    uint32_t next;   /* span: next partial one of its class. Free run: next in its bin */
    uint32_t prev;   /* the one before it; POOL_NOT_LISTED for a full span */
    uint32_t free;   /* span: offset of the first free block, 0 none; class lock */
    uint32_t carved; /* span: bytes carved so far, a multiple of the stride; class lock */
    union {
        uint32_t in_use;  /* span: blocks in use; class lock */
        uint32_t line_id; /* scrap chunk: SCRAP_LINE_ID of the line that has it */
    };
    uint32_t chunk_key; /* scrap chunk: in the tags of its blocks */
};

#include "sampler.h"
#include "scrap_types.h"

/* ---- caches ---- */

/* Free blocks as pointers to their user bytes, the next one to use on top. Written by the owner of
 * the cache; other threads read it. fast_i386.c and fast_x64.c contain the offsets. */
struct PoolMagazine {
    void **top;             /* one beyond the topmost slot; the slot below the lowest is NULL */
    void **limit;           /* value of `top` when the magazine is full */
    uint16_t in_place_min;  /* resizing a block of this class to in_place_min .. in_place_min + */
    uint16_t in_place_span; /* in_place_span bytes leaves it in place; constant, like the next */
    uint32_t class_key;     /* key of the class */
    PoolCounter allocs;     /* blocks handed out */
    PoolCounter reallocs;   /* calls of realloc that left a block of this class in place */
    POOL_MAGAZINE_PADDING
};

struct PoolCache {
    struct PoolMagazine magazines[POOL_SMALL_LIMIT];
    PoolCounter game_allocs;    /* blocks handed out to the game's heap; see game_heap_i386.c */
    volatile int32_t countdown; /* calls until the next sample; below 0: sample this one. The
                                   assembly contains the offset; for these three see sampler.h */
    uint32_t sample_seed;       /* 0 before the first draw */
    uint32_t sample_epoch;      /* epoch in which countdown was drawn */
    volatile uint32_t owned;    /* 1: a thread has it. Blocks stay in a cache without an owner */
    uint32_t ready;             /* 1: the magazines are set up */
    PoolCounter null_frees;     /* calls of free(NULL) */
    PoolCounter foreign_frees;  /* frees passed to the original */
    PoolCounter reallocs;       /* calls of realloc that are not counted in a magazine */
    PoolCounter moved;          /* blocks released by realloc, not by a call of free */
    uint32_t in_original;       /* not 0 while the thread is in the game's own heap or in a malloc
                                   that overrides the C library's, whose calls of the C runtime
                                   are not counted a second time */
    struct ScrapHeap scrap;     /* the thread's scrap heap, if the game gives it none */
    void *scrap_current;        /* the thread's scrap heap, NULL until it asks for it */
    volatile uintptr_t *scrap_owner; /* owner word of the record of `scrap`, if it has one */
    /* The slots of all magazines follow. */
};

/* ---- state ---- */

/* One cache line each, so that classes do not share lines. */
struct PoolClass {
    volatile uint32_t lock;
    uint32_t partial;     /* first span that may have a block to give, 0 none */
    uint32_t spare;       /* a span that was empty when last seen, retained for the next demand */
    uint32_t in_use;      /* blocks in use */
    uint32_t stride;      /* bytes, a multiple of 8; constant, like the next seven */
    uint32_t inverse;     /* ceil (2^32 / (stride / 8)), to divide by multiplying */
    uint32_t span_pages;  /* pages of a new span */
    uint32_t max_size;    /* largest request, bytes */
    uint32_t index;       /* of this class */
    uint32_t arena;       /* enum PoolArena its spans come from */
    uint32_t capacity;    /* blocks in a full magazine */
    uint32_t batch;       /* blocks moved between a magazine and the spans at a time */
    uint32_t quarantined; /* blocks in the quarantine; its lock */
    uint32_t class_key;   /* in the tags of its blocks; constant */
    PoolCounter bumped;   /* strategy bump: blocks handed out */
};

/* The pages of one arena. */
struct PoolPageHeap {
    volatile uint32_t lock;
    uint32_t first; /* page numbers of its part of the region: first .. end - 1; constant */
    uint32_t end;
    uint32_t top;       /* page number */
    uint32_t frontier;  /* page number, a multiple of a chunk; bump reads it without the lock */
    uint32_t committed; /* chunks backed by memory */
    uint32_t holes;     /* decommitted chunks below the frontier */
    uint32_t used;      /* pages of live large blocks and of scrap heaps */
    PoolCounter allocs; /* large blocks handed out */
    PoolCounter frees;  /* large blocks taken back */
    uint32_t bins_used[POOL_BIN_LIMIT / 32]; /* a bit for each bin that is not empty */
    uint32_t bins[POOL_BIN_LIMIT];           /* first free run, see page_heap.c */
    struct {
        PoolCounter live, total;
    } rows[POOL_LARGE_ROWS]; /* of the histogram */
};

/* Queue of freed blocks that are not reused yet, linked through their headers. */
struct PoolQuarantine {
    volatile uint32_t lock;
    uint32_t first, last; /* offsets of the oldest and the newest, 0 for none */
    uint32_t bytes;       /* strides and pages of all of them */
};

/* Events counted without a lock, with POOL_COUNT. For their meaning see stats.h. */
struct PoolEvents {
    PoolCounter fallback_allocs, ignored_frees, corrupt_headers, double_frees;
    PoolCounter game_fallbacks, scrap_fallbacks, interior_frees;
};

/* Who has a cache; apart from the caches, so that a new thread reads few lines. */
struct PoolOwner {
    uintptr_t thread;  /* POOL_THREAD_NUMBER; 0: none, or it is taking or leaving the cache */
    uint32_t released; /* turn in which it lost its last owner; the greatest is the warmest */
    uint32_t retained; /* bytes of its blocks while it has no owner; with `owned` taken */
};

/* A thread whose cache was released. The C library of Linux clears the slot of such a thread, which
 * then looks like a new one, and frees some more blocks. */
struct PoolEnded {
    uintptr_t thread; /* POOL_THREAD_NUMBER; 0 once a thread with it took a cache again */
    uint32_t frees;   /* calls since then */
};

struct PoolState {
    volatile size_t fast_limit; /* smaller requests may take the fast path: POOL_SMALL_MAX + 1, or 0
                                   to close it. The assembly contains the offsets of this and of the
                                   next three */
    volatile size_t sampled_limit;     /* the same while calls are sampled; then fast_limit is 0 */
    volatile uint32_t sample_interval; /* one in so many calls is sampled, 0: none */
    uint8_t padding[64 - 2 * sizeof(size_t) - sizeof(uint32_t)];
    uint16_t magazine_at[POOL_UNITS]; /* POOL_MAGAZINE_BEHIND of the class, by (size + header + 15)
                                         / 16 */
    uint32_t arena_end[16];           /* copies of PoolPageHeap.end, away from the locks */
    struct PoolClass classes[POOL_SMALL_LIMIT];
    struct PoolPageHeap heaps[POOL_ARENAS];
    struct PoolQuarantine quarantine;
    struct PoolEvents events;
    struct ScrapState scrap;
    volatile uint32_t in_use_bytes;  /* of all blocks in use and of large ones */
    volatile uint32_t peak_used;     /* bytes */
    volatile uint32_t peak_check;    /* in_use_bytes at which usage is summed up for a new peak */
    volatile uint32_t reclaim_below; /* in_use_bytes below which pool_reclaim is worth its cost */
    volatile uint32_t reclaim_skips; /* calls of it above that */
    volatile uint32_t bump_top;      /* offset of the next header of the bump strategy */
    uint32_t class_count;
    uint32_t page_count;           /* of the region */
    uint32_t ready;                /* 1 after pool_init */
    volatile uint32_t shared_lock; /* of the shared cache */
    volatile uint32_t caches_seen; /* every cache that ever had an owner has a lower index */
    uintptr_t fork_owner;          /* POOL_SELF of the thread inside fork, else 0 */
    uint32_t fork_depth;           /* calls of pool_fork_prepare by that thread */
    volatile uint32_t route_lock;  /* of fast_limit and sampled_limit */
    volatile uint32_t segment_lock;
    volatile uint8_t segments[POOL_SEGMENT_LIMIT]; /* enum PoolSegment; written with the lock */
    volatile uint32_t released;                    /* turns of PoolOwner.released */
    volatile uint32_t retained_bytes;              /* of all blocks in caches without an owner */
    uint32_t retained_limit; /* the coldest of these caches are emptied above it; constant */
    struct PoolOwner owners[POOL_CACHE_COUNT];
    struct PoolEnded ended[POOL_ENDED_LIMIT]; /* by POOL_ENDED of the thread */
};

_Static_assert(sizeof(struct PoolPage) == POOL_PAGE_ENTRY_BYTES, "page-table entry");
_Static_assert(sizeof(struct ScrapRecord) * SCRAP_RECORDS <= POOL_SCRAP_BYTES, "records fit");
_Static_assert(sizeof(struct PoolSampler) <= POOL_SAMPLER_BYTES, "the sampler's table fits");
_Static_assert(sizeof(struct PoolClass) == 64, "one cache line");
_Static_assert(offsetof(struct PoolState, classes) % 64 == 0, "cache lines");
_Static_assert(sizeof(struct PoolMagazine) == 1u << POOL_MAGAZINE_SHIFT, "POOL_MAGAZINE_AT");
_Static_assert(POOL_SMALL_LIMIT < 256, "a byte for each page");
_Static_assert(POOL_STATE_OFFSET >= POOL_CONTROL_BYTES, "the control block fits");
_Static_assert(sizeof(struct PoolState) <= POOL_READABLE_OFFSET - POOL_STATE_OFFSET, "state fits");
_Static_assert(POOL_SMALL_LIMIT + POOL_LARGE_ROWS <= POOL_CLASS_LIMIT + 1, "the histogram fits");

/* ---- addresses ---- */

#define POOL_CONTROL POOL_FIXED(struct PoolControl, POOLNV_CONTROL)
#define POOL_STATE   POOL_FIXED(struct PoolState, POOLNV_CONTROL + POOL_STATE_OFFSET)
#define POOL_PAGES   POOL_FIXED(struct PoolPage, POOLNV_CONTROL + POOL_TABLE_OFFSET)
#define POOL_SAMPLER POOL_FIXED(struct PoolSampler, POOLNV_CONTROL + POOL_SAMPLER_OFFSET)
#define POOL_ACTIVE  POOL_LOAD(POOL_CONTROL->active)
#define POOL_CACHE(index)                                                                          \
    POOL_FIXED(struct PoolCache, POOLNV_CONTROL + POOL_CACHES_OFFSET + (index)*POOL_CACHE_BYTES)
#define POOL_CACHE_INDEX(cache)                                                                    \
    ((uint32_t)(((uintptr_t)(cache) - (uintptr_t)POOL_CACHE(0)) / POOL_CACHE_BYTES))
/* Of the calling thread: no address, so that what remembers it does not refer to its memory. */
#define POOL_THREAD_NUMBER() (POOL_SELF() >> 4)
#define POOL_ENDED(thread)   (&POOL_STATE->ended[(thread) >> 8 & (POOL_ENDED_LIMIT - 1)])
#define POOL_SCRAP(index)                                                                          \
    (POOL_FIXED(struct ScrapRecord, POOLNV_CONTROL + POOL_SCRAP_OFFSET) + (index))

/* By chunk of the region, and for up to 4 GB of addresses behind it: 1 when committed. */
#define POOL_READABLE POOL_FIXED(volatile uint8_t, POOLNV_CONTROL + POOL_READABLE_OFFSET)

/* By page of the region, and for up to 4 GB of addresses behind it: 1 + index of the class in a
 * span, else 0. So `free` finds the magazine without waiting for the header of a cold block. A page
 * that is not 0 is committed. Written like the page's tag. */
#define POOL_PAGE_CLASSES POOL_FIXED(volatile uint8_t, POOLNV_CONTROL + POOL_CLASSES_OFFSET)

#define POOL_OFFSET(user)          ((uint32_t)((uintptr_t)(user) - (uintptr_t)POOLNV_REGION))
#define POOL_AT(offset)            ((void *)((uintptr_t)POOLNV_REGION + (offset)))
#define POOL_CHUNK_OF_HEADER(user) ((POOL_OFFSET(user) - POOL_HEADER) >> POOL_CHUNK_SHIFT)
#define POOL_PAGE_OF_HEADER(user)  ((POOL_OFFSET(user) - POOL_HEADER) >> POOL_PAGE_SHIFT)
#define POOL_PAGE_OF_MAGIC(user)   ((POOL_OFFSET(user) - 1) >> POOL_PAGE_SHIFT)
#define POOL_HEADER_AT(offset)     POOL_HEADER_OF(POOL_AT(offset))

/* True if the pointer is in the region; NULL is not. A block need not begin there. */
#define POOL_IN_REGION(user) ((uintptr_t)(user) - (uintptr_t)POOLNV_REGION < POOLNV_REGION_BYTES)
#ifdef POOLNV_SEGMENTED
#define POOL_OWNS(user)                                                                            \
    (POOL_IN_REGION(user) &&                                                                       \
     POOL_LOAD(POOL_STATE->segments[POOL_OFFSET(user) >> POOL_SEGMENT_SHIFT]) ==                   \
         POOL_SEGMENT_OURS)
#else
#define POOL_OWNS(user) POOL_IN_REGION(user)
#endif

#endif
