/* SPDX-License-Identifier: MIT */
/* A memory pool inside a reserved region, put behind malloc by patched jumps.
 *
 * region    reserved address space, at most 4 GB less 64 KB; offsets in it are 32 bits wide
 * page      8 KB of the region; what the page table describes (not a page of the OS)
 * chunk     64 KB of the region; what is committed and given back at a time
 * group     size classes with a part of the region of their own, from which others may borrow
 * run       neighbouring pages with one owner: free, a span, or one large block
 * head      first page of a run; its page-table entry speaks for the run
 * span      run cut into blocks of one size class
 * block     header and user bytes; its stride is the distance to the next block of the span
 * carved    given to a thread at least once; blocks behind `carved` have never been touched
 * cache     free blocks that one thread keeps for itself, in a stack for each class
 * out       of a block: not with its span; live, in a cache, or in the quarantine
 * frontier  of a group: end of what was committed; chunks below it may be holes (given back since)
 * top       of a group: end of what was ever handed out; always at or below the frontier
 * offset    of a block: distance from the start of the region to its user bytes
 *
 * A block has no owner: whoever frees it keeps it in the own cache, and caches exchange blocks with
 * the spans in batches. So neither path of a thread waits for another thread, whoever allocated.
 *
 * Locks, in the order in which they nest: a scrap heap's record, the shared cache, the quarantine,
 * one class, one page heap; then who asks. No original function is called under a lock. All state
 * is in the metadata mapping. */
#ifndef POOLNV_POOL_H
#define POOLNV_POOL_H

#include "control.h"
#include "platform.h"
#include "stats.h"

#define POOL_PAGE_SHIFT  13
#define POOL_PAGE_BYTES  (1u << POOL_PAGE_SHIFT)
#define POOL_CHUNK_SHIFT 16
#define POOL_CHUNK_BYTES (1u << POOL_CHUNK_SHIFT)
#define POOL_CHUNK_PAGES (POOL_CHUNK_BYTES >> POOL_PAGE_SHIFT)
#define POOL_SMALL_MAX   32768u /* largest request served from a span */
#define POOL_SMALL_LIMIT 80u    /* size classes at most */
#define POOL_UNITS       2112u  /* more than (POOL_SMALL_MAX + POOL_HEADER + 15) / 16 */
#define POOL_TINY_INDEX  1u     /* of the tiny class: in the order of the strides */
#define POOL_TINY_STRIDE 24u
#define POOL_TINY_MAX    (POOL_TINY_STRIDE - POOL_HEADER)
#define POOL_LARGE_ROWS  17u /* histogram rows of large blocks: up to 2^16, 2^17 .. 2^32 */
#define POOL_BIN_LIMIT   128u
#define POOL_GROUP_LEAST 0x8000000u /* bytes: smaller regions are one group */
#define POOL_CACHE_LIMIT 128u       /* threads with a cache of their own at a time */

/* In the metadata mapping: struct PoolState, the readable chunks, the caches, the records of
 * the scrap heaps, the page table, who asks. */
#define POOL_STATE_OFFSET    0x1000u
#define POOL_READABLE_OFFSET 0x10000u
#define POOL_CACHES_OFFSET   0x20000u
#define POOL_CACHE_BYTES_32  0x8000u
#define POOL_CACHE_BYTES_64  0x10000u
#define POOL_SCRAP_OFFSET    (POOL_CACHES_OFFSET + POOL_CACHE_COUNT * POOL_CACHE_BYTES)
#define POOL_SCRAP_BYTES     0x10000u
#define POOL_TABLE_OFFSET    (POOL_SCRAP_OFFSET + POOL_SCRAP_BYTES)
#define POOL_TABLE_BYTES                                                                           \
    (((POOLNV_REGION_BYTES >> POOL_PAGE_SHIFT) + 2) / 2 * 2 * sizeof(struct PoolPage))
#define POOL_CALLERS_OFFSET (POOL_TABLE_OFFSET + POOL_TABLE_BYTES)
#define POOL_CALLERS_BYTES  0x30000u

/* The first cache is shared by threads that can't have their own. The next two never hold a block:
 * one stands for a cache in threads that were not given theirs yet, the other in those that use the
 * shared one, because all are taken or because they are about to end. In the depot, caches leave
 * batches for one another; its stacks belong to the class locks. */
#define POOL_CACHE_SHARED   0u
#define POOL_CACHE_NEW      1u
#define POOL_CACHE_DEPARTED 2u
#define POOL_CACHE_DEPOT    3u
#define POOL_CACHE_FIRST    4u
#define POOL_CACHE_COUNT    (POOL_CACHE_LIMIT + POOL_CACHE_FIRST)

/* ---- blocks ---- */

#define POOL_MAGIC_LIVE  0xDEADBEEFu
#define POOL_MAGIC_FREE  0xFEEDF4EEu
#define POOL_MAGIC_INNER 0xA119A119u
#define POOL_HEADER      12u /* bytes of a header */
#define POOL_FIRST       16u /* offset of the first user bytes in a run */

/* Right in front of the user bytes, which are 16-byte aligned, in the tiny class 8. Owned by
 * whoever owns the block: the program, the thread in whose cache it is, or its span. The user bytes
 * of a free block are not touched. */
struct AllocHeader {
    uint32_t size; /* live: bytes the program asked for. Free with its span: offset of the next free
                      block or 0. Free in a cache: anything */
    uint32_t tag;  /* POOL_TAG of the block, but for one that is free in a cache */
    uint32_t magic; /* POOL_MAGIC_LIVE or POOL_MAGIC_FREE */
};

/* In front of an over-aligned pointer that is not where its block begins; possibly unaligned. */
struct InnerHeader {
    uint32_t size;     /* bytes the program asked for */
    uint32_t distance; /* bytes back to the user bytes of the block around */
    uint32_t magic;    /* POOL_MAGIC_INNER */
};

/* Ties a header to its place, its size and what it is the header of. Any two codes differ in seven
 * bits or more, so that damage to a header or a copy in another place makes none of them another.
 */
#define POOL_TAG(size, user, code) ((uint32_t)(uintptr_t)(user) ^ (uint32_t)(size) ^ (code))

/* The code of a class has in it where its stack stands in a cache; the code of others leads beyond
 * all stacks, to where no code is. */
#define POOL_STACK_AT(index) ((uint32_t)(index) << POOL_STACK_SHIFT)
#define POOL_STACK_MASK      POOL_STACK_AT(127u)
#define POOL_CODE_FACTOR     0x9E3779B1u /* odd, without a pattern */
#define POOL_CLASS_CODE(index)                                                                     \
    (((((uint32_t)(index) + 1) * POOL_CODE_FACTOR) & ~POOL_STACK_MASK) | POOL_STACK_AT(index))
#define POOL_CODE_INDEX(code)      (((code)&POOL_STACK_MASK) >> POOL_STACK_SHIFT)
#define POOL_CODE_LARGE            (0xB5297A4Du | POOL_STACK_MASK)
#define POOL_CODE_BUMP             (0x68E31DA5u | POOL_STACK_MASK)
#define POOL_CODE_IN(header, user) ((header)->tag ^ (header)->size ^ (uint32_t)(uintptr_t)(user))

#define POOL_OFFSET(user)          ((uint32_t)((uintptr_t)(user) - (uintptr_t)POOLNV_REGION))
#define POOL_AT(offset)            ((void *)((uintptr_t)POOLNV_REGION + (offset)))
#define POOL_CHUNK_OF_HEADER(user) ((POOL_OFFSET(user) - POOL_HEADER) >> POOL_CHUNK_SHIFT)
#define POOL_CHUNK_OF_MAGIC(user)  ((POOL_OFFSET(user) - 1) >> POOL_CHUNK_SHIFT)
#define POOL_HEADER_OF(user)       ((struct AllocHeader *)((char *)(user)-POOL_HEADER))
#define POOL_HEADER_AT(offset)     POOL_HEADER_OF(POOL_AT(offset))

/* Is this pointer inside the region? NULL is not. Says nothing about a block being there. */
#define POOL_IN_REGION(user) ((uintptr_t)(user) - (uintptr_t)POOLNV_REGION < POOLNV_REGION_BYTES)
#ifdef POOLNV_SEGMENTED
#define POOL_OWNS(user)                                                                            \
    (POOL_IN_REGION(user) &&                                                                       \
     POOL_LOAD(POOL_STATE->segments[POOL_OFFSET(user) >> POOL_SEGMENT_SHIFT]) ==                   \
         POOL_SEGMENT_OURS)
#else
#define POOL_OWNS(user) POOL_IN_REGION(user)
#endif

/* ---- segments: what is reserved at a time, where the region is not reserved in one piece ---- */

#define POOL_SEGMENT_SHIFT 24 /* 16 MB */
#define POOL_SEGMENT_LIMIT 256

enum PoolSegment {
    POOL_SEGMENT_UNSEEN, /* not needed yet */
    POOL_SEGMENT_OURS,
    POOL_SEGMENT_LOST, /* somebody else was there first */
};

/* ---- page table ---- */

enum PoolKind {
    POOL_KIND_NONE,
    POOL_KIND_FREE,
    POOL_KIND_SPAN,
    POOL_KIND_LARGE,
    POOL_KIND_EDGE,
    POOL_KIND_SCRAP,
    POOL_KIND_LOST /* a run of pages that others have */
};
#define POOL_KIND_MASK      0xFFu
#define POOL_NOT_LISTED     0xFFFFFFFFu
#define POOL_SPAN_TAG(c, n) (POOL_KIND_SPAN | (c) << 8 | (n) << 16)
#define POOL_TAG_CLASS(tag) ((tag) >> 8 & 0xFFu)
#define POOL_TAG_BACK(tag)  ((tag) >> 16)

/* One entry per page, then one for the end of the region. Links are page numbers, 0 ends a list:
 * page 0 is never handed out. Fields other than tag are used in a head only (free runs: `pages` in
 * the last page too). */
struct PoolPage {
    uint32_t tag;    /* low byte enum PoolKind. Head of any run; of a span and of a chunk of a scrap
                        heap in every page, with its class and the pages back to its head. Read without
                        a    lock; written with the         page-heap lock, for spans with the class
                        lock    as well */
    uint32_t pages;  /* pages in the run; page-heap lock, constant while a span lives */
    uint32_t next;   /* span: next of its class with room. Free run: next in its bin */
    uint32_t prev;   /* the one before, or POOL_NOT_LISTED for a span without room */
    uint32_t free;   /* span: offset of the first free block, 0 none; class lock */
    uint32_t carved; /* span: bytes of strides carved so far; class lock */
    uint32_t out;    /* span: blocks that are out; class lock */
    uint32_t reserved;
};

#include "callers.h"
#include "scrap_heap.h"

/* ---- caches ---- */

/* The free blocks of one class in one cache: pointers to user bytes, the next one to use on top.
 * Written by the thread that has the cache, read by whoever sums up. hot_i386.c and hot_x64.c know
 * the offsets. */
struct PoolStack {
    void **top;           /* one beyond the topmost; below the lowest lies a NULL */
    void **limit;         /* the stack is full when top is here */
    uint16_t stay_least;  /* a block of this class stays where it is when it is resized to */
    uint16_t stay_span;   /* stay_least .. stay_least + stay_span bytes; constant, like the next */
    uint32_t code;        /* of the class */
    PoolCounter allocs;   /* blocks handed out from here */
    PoolCounter reallocs; /* calls of realloc that left a block of this class where it was */
    POOL_STACK_PADDING
};

struct PoolCache {
    struct PoolStack stacks[POOL_SMALL_LIMIT];
    PoolCounter game_allocs;    /* blocks handed out to the game's heap; game_heap_i386.c has the
                                   offset */
    volatile int32_t countdown; /* calls until one is sampled, below 0: this one is. hot_*.c has the
                                   offset; see callers.h, like the next two */
    uint32_t sample_seed;       /* 0 before the first draw */
    uint32_t sample_epoch;      /* for which countdown was drawn */
    volatile uint32_t taken;    /* 1: a thread has it. Its blocks stay in it while nobody has */
    uint32_t ready;             /* 1: the stacks are set up */
    PoolCounter null_frees;     /* calls of free(NULL) */
    PoolCounter foreign_frees;  /* frees passed to the original */
    PoolCounter reallocs;       /* calls of realloc that are not counted in a stack */
    PoolCounter moved;          /* blocks released by realloc, which no call of free asked for */
    uint32_t asked;         /* not 0 while the thread asks the game's own heap: what that asks of
                               the C runtime was counted already */
    struct ScrapHeap scrap; /* the thread's scrap heap, where the game does not give it one */
    void *scrap_current;    /* the one it uses, NULL before it has asked */
    volatile uintptr_t *scrap_owner; /* of `scrap`, once a thread that had this cache used it */
    /* The slots of all stacks follow. */
};

/* ---- state ---- */

/* A line of the cache each, so that two classes never wait for one line. */
struct PoolClass {
    volatile uint32_t lock;
    uint32_t room;       /* first span that may have a block to give, 0 none */
    uint32_t spare;      /* a span that was empty when last looked at, kept for the next demand */
    uint32_t out;        /* blocks that are out */
    uint32_t stride;     /* bytes, a multiple of 8; constant, like the next seven */
    uint32_t inverse;    /* ceil (2^32 / (stride / 8)): divides without dividing */
    uint32_t span_pages; /* pages of a new span */
    uint32_t max_size;   /* largest request */
    uint32_t index;      /* of this class */
    uint32_t group;      /* whose pages its spans are made of */
    uint32_t capacity;   /* blocks in a full stack */
    uint32_t batch;      /* blocks that go between a stack and the spans at a time */
    uint32_t held;       /* blocks in the quarantine; its lock */
    uint32_t code;       /* in the tags of its blocks; constant */
    PoolCounter bumped;  /* strategy bump: blocks handed out */
};

/* The pages of one group. */
struct PoolPageHeap {
    volatile uint32_t lock;
    uint32_t first; /* page numbers of its part of the region: first .. end - 1; constant */
    uint32_t end;
    uint32_t top;       /* page number, see above */
    uint32_t frontier;  /* page number, a multiple of a chunk; read without the lock by bump */
    uint32_t committed; /* chunks backed by memory */
    uint32_t holes;     /* chunks below the frontier that are not */
    uint32_t used;      /* pages of live large blocks and of scrap heaps */
    PoolCounter allocs; /* large blocks handed out */
    PoolCounter frees;  /* large blocks taken back */
    uint32_t bins_used[POOL_BIN_LIMIT / 32]; /* bit per bin that is not empty */
    uint32_t bins[POOL_BIN_LIMIT];           /* first free run, see pages.c */
    struct {
        PoolCounter live, total;
    } rows[POOL_LARGE_ROWS]; /* of the histogram */
};

/* Freed blocks that wait before they are used again, linked through their headers. */
struct PoolQuarantine {
    volatile uint32_t lock;
    uint32_t first, last; /* offsets of the oldest and the newest, 0 for none */
    uint32_t bytes;       /* strides and pages of all of them */
};

/* Events outside any lock; POOL_COUNT. */
struct PoolEvents {
    PoolCounter fallback_allocs, ignored_frees, corrupt_headers, double_frees;
    PoolCounter game_fallbacks, scrap_fallbacks, stray_pointers;
};

struct PoolState {
    volatile size_t hot_limit; /* requests below it may take the hot path: POOL_SMALL_MAX + 1, or 0
                                  when none may. hot_*.c knows the offset of this and of the next
                                  three */
    volatile size_t sampled_limit; /* the same while callers are sampled, when hot_limit is 0 */
    volatile uint32_t one_in;      /* calls of which one is sampled, 0 while none is */
    uint8_t padding[64 - 2 * sizeof(size_t) - sizeof(uint32_t)];
    uint16_t stack_at[POOL_UNITS]; /* of the class in a cache, by (size + header + 15) / 16 */
    uint32_t group_end[16];        /* page numbers, as in the heaps, away from their locks */
    struct PoolClass classes[POOL_SMALL_LIMIT];
    struct PoolPageHeap heaps[POOL_GROUPS];
    struct PoolQuarantine quarantine;
    struct PoolEvents events;
    struct ScrapState scrap;
    volatile uint32_t out_bytes;    /* of all blocks that are out, and of large ones */
    volatile uint32_t peak_used;    /* bytes */
    volatile uint32_t peak_look;    /* out_bytes from which on it is worth looking for a new peak */
    volatile uint32_t gather_look;  /* out_bytes below which pool_recycle_gather is worth trying */
    volatile uint32_t gather_calls; /* of it that were not */
    volatile uint32_t bump_top;     /* offset of the next header of the bump strategy */
    uint32_t class_count;
    uint32_t page_count;           /* of the region */
    uint32_t ready;                /* 1 after pool_init */
    volatile uint32_t shared_lock; /* of the cache that threads without their own share */
    volatile uint32_t caches_seen; /* caches that were ever taken are below this index */
    uintptr_t fork_owner;          /* POOL_SELF of the thread inside fork, else 0 */
    volatile uint32_t route_lock;  /* of hot_limit and sampled_limit */
    volatile uint32_t segment_lock;
    volatile uint8_t segments[POOL_SEGMENT_LIMIT]; /* enum PoolSegment; changed with the lock */
};

_Static_assert(sizeof(struct AllocHeader) == POOL_HEADER, "header of a block");
_Static_assert(sizeof(struct InnerHeader) == POOL_HEADER, "header inside a block");
_Static_assert(sizeof(struct PoolPage) == 32, "page-table entry");
_Static_assert(sizeof(struct ScrapRecord) * SCRAP_RECORDS <= POOL_SCRAP_BYTES, "records fit");
_Static_assert(sizeof(struct Callers) <= POOL_CALLERS_BYTES, "callers fit");
_Static_assert(sizeof(struct PoolClass) == 64, "one cache line");
_Static_assert(offsetof(struct PoolState, classes) % 64 == 0, "cache lines");
_Static_assert(sizeof(struct PoolStack) == 1u << POOL_STACK_SHIFT, "where a stack stands");
_Static_assert(POOL_STATE_OFFSET >= POOL_CONTROL_BYTES, "the control block has its room");
_Static_assert(sizeof(struct PoolState) <= POOL_READABLE_OFFSET - POOL_STATE_OFFSET, "state fits");
_Static_assert(POOL_SMALL_LIMIT + POOL_LARGE_ROWS <= POOL_CLASS_LIMIT + 1, "the histogram fits");

#define POOL_CONTROL POOL_FIXED(struct PoolControl, POOLNV_CONTROL)
#define POOL_STATE   POOL_FIXED(struct PoolState, POOLNV_CONTROL + POOL_STATE_OFFSET)
#define POOL_PAGES   POOL_FIXED(struct PoolPage, POOLNV_CONTROL + POOL_TABLE_OFFSET)
#define POOL_ACTIVE  POOL_LOAD(POOL_CONTROL->active)

/* By chunk of the region, and up to 4 GB of addresses beyond it: 1 when committed. */
#define POOL_READABLE POOL_FIXED(volatile uint8_t, POOLNV_CONTROL + POOL_READABLE_OFFSET)

#define POOL_SCRAP(index)                                                                          \
    (POOL_FIXED(struct ScrapRecord, POOLNV_CONTROL + POOL_SCRAP_OFFSET) + (index))

#define POOL_CALLERS POOL_FIXED(struct Callers, POOLNV_CONTROL + POOL_CALLERS_OFFSET)

#define POOL_METADATA_BYTES (POOL_CALLERS_OFFSET + POOL_CALLERS_BYTES)
#define POOL_CACHE(index)                                                                          \
    POOL_FIXED(struct PoolCache, POOLNV_CONTROL + POOL_CACHES_OFFSET + (index)*POOL_CACHE_BYTES)

/* What a thread's slot holds: the way to its cache from that of new threads, whose slot is 0. So
 * the hot path needs not ask whether there is a cache. */
#define POOL_SLOT_VALUE(cache) ((void *)((char *)(cache) - (char *)POOL_CACHE(POOL_CACHE_NEW)))
#define POOL_SLOT_CACHE(value)                                                                     \
    ((struct PoolCache *)((char *)POOL_CACHE(POOL_CACHE_NEW) + (intptr_t)(value)))

/* ---- pool.c: what the entry points and the agent call; any thread, at any time ---- */

/* What a pointer into the region turned out to be. */
enum PoolVerdict {
    POOL_OK,
    POOL_MOVE,    /* a live block that can't have the new size where it is */
    POOL_INNER,   /* an over-aligned pointer inside a block; internal */
    POOL_FREED,   /* a block that is free */
    POOL_CORRUPT, /* no block begins there, or its header is damaged */
};

/* Prepares the state. Call once, before the first block, with the agent's fields of the control
 * block filled in and the rest of the metadata mapping zero. Returns 0, or -POOL_EINVAL when the
 * region, the metadata or the addresses compiled in do not fit together. A second call (from the
 * copy that serves another C runtime) does nothing. */
int32_t pool_init(void);

/* Sends new allocations to the pool (not 0) or to the original. Live pool blocks stay valid. The
 * new state. */
uint32_t pool_set_active(uint32_t active);

/* Sets hot_limit and sampled_limit to what is in force now. */
void pool_route(void);

/* Gives wholly free memory back, also what the calling thread's cache and those that nobody has
 * hold: those of other threads keep it. Live blocks are not touched. Bytes given back; always 0
 * with bump. */
uint64_t pool_reset(void);

/* A block of at least size bytes, 16-byte aligned, or NULL when the pool can't serve it; no errno.
 * Whether the pool is active is the caller's business. */
#define POOL_ALLOC(size)                                                                           \
    (POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_alloc(size) : pool_bump_alloc(size))

/* The same for at most POOL_TINY_MAX bytes, 8-byte aligned: for callers that expect no more of the
 * alignment. */
void *pool_alloc_tiny(size_t size);

/* The same as POOL_ALLOC, with place to grow to `room` bytes, if there is that much. */
void *pool_alloc_roomy(size_t size, size_t room);

/* The same, reading as zero. */
void *pool_alloc_zeroed(size_t size);

/* The same with (pointer + offset) a multiple of alignment, a power of two. */
void *pool_alloc_aligned(size_t size, size_t alignment, size_t offset);

/* The rest take a pointer for which POOL_OWNS holds and which may be anything: wild, interior,
 * freed. They count what they find (corrupt_headers, and for pool_free double_frees too). */

/* free, called by the program. */
void pool_free(void *user);

/* free, on behalf of realloc: not counted as a call of free. */
void pool_free_moved(void *user);

/* How many bytes a block should get that had `old` bytes and is to have `size`: one that grows by
 * no more than half of itself will often grow again, and then finds room. */
size_t pool_roomy(size_t size, size_t old);

/* Says of the last free that it was on behalf of realloc. */
void pool_count_moved(void);

/* POOL_OK and the size the program asked for, or POOL_CORRUPT. */
enum PoolVerdict pool_size(const void *user, size_t *size);

/* Changes the size in place. POOL_OK, POOL_MOVE with *old the size so far and nothing changed, or
 * POOL_CORRUPT. Without `stay` a block also moves when staying would waste too much of it. */
enum PoolVerdict pool_resize(void *user, size_t size, size_t *old, int stay);

/* POOL_OK when a live block begins at user. Counts nothing. */
enum PoolVerdict pool_probe(const void *user);

/* Counts a pointer into the region at which no sound block begins. POOL_CORRUPT. */
enum PoolVerdict pool_corrupt(const void *user);

/* ---- accounts.c ---- */

void pool_snapshot(struct PoolSnapshot *out);

/* Bytes held by live blocks; what other threads do at the moment may be missing. */
uint32_t pool_used(void);

/* Accounts for bytes that go out, or come back. Out may be a new peak. */
void pool_out_more(uint32_t bytes);
void pool_out_less(uint32_t bytes);

/* ---- lock.c ---- */

/* All locks, in order; for fork and for the walkers. */
void pool_lock_all(void);
void pool_unlock_all(void);

/* For pthread_atfork: the three are called by the forking thread. The child gets every lock free,
 * the other threads' caches for its own threads to take over, and its own pid in the control
 * block. */
void pool_fork_prepare(void);
void pool_fork_parent(void);
void pool_fork_child(void);

/* ---- size_class.c ---- */

uint32_t pool_classes_init(void);              /* bytes that a cache needs */
uint32_t pool_large_row(uint32_t size);        /* histogram row of a request above POOL_SMALL_MAX */
struct PoolClass *pool_class_for(size_t size); /* of a request up to POOL_SMALL_MAX, never tiny */

/* ---- cache.c ---- */

/* The calling thread's cache, or the shared one, locked. Every enter has its leave. */
struct PoolCache *pool_cache_enter(void);
void pool_cache_leave(struct PoolCache *cache);

/* A block of the class, live with that size; NULL when there is none. */
void *pool_cache_take(struct PoolClass *class, uint32_t size);

/* Takes back a block of that class that has just become free, its magic says so. */
void pool_cache_give(void *user, struct PoolClass *class);

/* All blocks of the depot, of the shared cache, of those that nobody has and of the calling
 * thread's go back to their spans. */
void pool_cache_flush(void);

/* Sets the stacks of a cache up, once; without room none of them ever takes a block. */
void pool_cache_prepare(struct PoolCache *cache, int room);

/* Called when a thread ends, with what is in its slot: its cache becomes somebody else's to use. */
POOL_THREAD_EXIT(pool_thread_exit);

/* ---- block.c: the recycle strategy as the rest sees it. *inner is filled in for POOL_INNER ----
 */

void *pool_recycle_alloc(size_t size);
void *pool_recycle_alloc_tiny(size_t size);
enum PoolVerdict pool_recycle_free(void *user); /* POOL_MOVE: to be looked at more closely */
enum PoolVerdict pool_recycle_free_slow(void *user, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int stay,
                                     struct InnerHeader *inner);

/* Whether a block, live or not, may begin at user. Without a lock: for counting only. */
int pool_recycle_may_begin(const void *user);

/* The class of a live block as its header has it, or NULL: not small, not live, or not whole. Reads
 * nothing that is not committed. The pointer is one that POOL_OWNS. */
struct PoolClass *pool_class_of_live(const void *user);

/* Whether a block of the class with `old` bytes is to stay where it is for `size`. */
int pool_class_keeps(const struct PoolClass *class, size_t size, uint32_t old, int stay);

uint32_t pool_stay_least(const struct PoolClass *class); /* see PoolStack */
void pool_header_write(void *user, uint32_t size, uint32_t key, uint32_t magic);

/* Frees what can be had without the program: quarantine, caches of this thread, spare spans. */
void pool_recycle_gather(void);

/* ---- large.c ---- */

/* A run of its own; *fresh becomes 1 when it reads as zero. */
void *pool_large_alloc(size_t size, size_t room, uint32_t *fresh);

/* With the page-heap lock: a run became a block. */
void pool_large_count(struct PoolPageHeap *heap, uint32_t size, uint32_t pages);

/* Both with the page-heap lock. The block stops being the program's; its pages become free. */
void pool_large_retire(struct PoolPageHeap *heap, void *user);
void pool_large_release(struct PoolPageHeap *heap, uint32_t head);

/* To the new size in place, with the page-heap lock; 0 when that can't be. */
int pool_large_resize(struct PoolPageHeap *heap, uint32_t head, uint32_t before, uint32_t after);

/* ---- quarantine.c ---- */

/* Takes a block that has just become free, its magic says so, and releases the oldest. */
void pool_quarantine_put(void *user, uint32_t bytes, struct PoolClass *class);
void pool_quarantine_drain(uint32_t keep_bytes);

/* ---- span.c ---- */

/* With the class lock. At most `count` blocks into slots, so that the one with the lowest address
 * is on top; how many. */
uint32_t pool_span_take(struct PoolClass *class, void **slots, uint32_t count);

/* With the class lock. */
void pool_span_give(struct PoolClass *class, void **slots, uint32_t count);

void pool_span_release_spares(void); /* wholly empty spans of all classes go to the page heaps */

/* ---- bump.c ---- */

void *pool_bump_alloc(size_t size);
enum PoolVerdict pool_bump_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_bump_resize(void *user, size_t size, uint32_t *old, int stay,
                                  struct InnerHeader *inner);

/* ---- segments.c ---- */

/* Bytes of the region whose address space the pool has. */
uint32_t pool_reserved(void);

#ifdef POOLNV_SEGMENTED
/* As pool_os_commit and pool_os_decommit, in any number of segments; the first reserves those that
 * it needs. After a refusal a part may be committed. */
int pool_segments_commit(void *start, size_t bytes);
int pool_segments_decommit(void *start, size_t bytes);

/* The first offset from one up to another that is lost, with only segments of ours before it, and
 * in *behind the first one that is behind its segment; `end` where there is none. */
uint32_t pool_segment_lost(uint32_t offset, uint32_t end, uint32_t *behind);
#else
#define pool_segments_commit   pool_os_commit
#define pool_segments_decommit pool_os_decommit
#endif

/* ---- pages.c ---- */

void pool_pages_init(void);
struct PoolPageHeap *pool_heap_of(uint32_t page);

/* A committed run of `pages` pages with that tag, for a span or a large block of that size, from
 * the group or, when that is full, from another; its head, or 0. Takes the locks itself. *fresh
 * becomes 1 when no byte of it was ever handed out, so that it reads as zero. */
uint32_t pool_run_take(uint32_t group, uint32_t pages, uint32_t size, uint32_t tag,
                       uint32_t *fresh);

/* All with the page-heap lock. */
void pool_run_give(struct PoolPageHeap *heap, uint32_t head, uint32_t pages); /* tags are cleared */
int pool_run_extend(struct PoolPageHeap *heap, uint32_t head, uint32_t pages); /* not 0: done */
int pool_pages_reach(struct PoolPageHeap *heap,
                     uint32_t end); /* commits up to there; 0 is success */

/* Gives the memory of free runs back; chunks given. Takes the locks itself. */
uint32_t pool_pages_trim(void);

/* Commits and touches that many bytes of the region, so that the first use finds them there. */
void pool_prefault(uint64_t bytes);

#endif
