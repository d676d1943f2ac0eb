/* SPDX-License-Identifier: MIT */
/* A memory pool inside a reserved region, put behind malloc by patched jumps.
 *
 * region    reserved address space, at most 4 GB less 64 KB; offsets in it are 32 bits wide
 * page      8 KB of the region; what the page table describes (not a page of the OS)
 * run       neighbouring pages with one owner: free, a span, or one large block
 * head      first page of a run; its page-table entry speaks for the run
 * span      run cut into blocks of one size class
 * block     header and user bytes; its stride is the distance to the next block of the span
 * carved    handed out at least once; blocks behind `carved` have never been touched
 * frontier  end of what was committed; pages below it may be holes (given back since)
 * top       end of what was ever handed out; always at or below the frontier
 * offset    of a block: distance from the start of the region to its user bytes
 *
 * Locks, in the order in which they nest: one class lock, then the page-heap lock. No original
 * function is called under a lock. All state is in the metadata mapping. */
#ifndef POOLNV_POOL_H
#define POOLNV_POOL_H

#include "control.h"
#include "platform.h"
#include "stats.h"

#define POOL_PAGE_SHIFT   13
#define POOL_PAGE_BYTES   (1u << POOL_PAGE_SHIFT)
#define POOL_SMALL_MAX    32768u /* largest request served from a span */
#define POOL_SMALL_LIMIT  80u    /* size classes at most */
#define POOL_LARGE_ROWS   17u    /* histogram rows of large blocks: up to 2^16, 2^17 .. 2^32 */
#define POOL_BIN_LIMIT    128u
#define POOL_STATE_OFFSET 0x1000u  /* of struct PoolState in the metadata mapping */
#define POOL_TABLE_OFFSET 0x10000u /* of the page table in the metadata mapping */

/* ---- blocks ---- */

#define POOL_MAGIC_LIVE  0xDEADBEEFu
#define POOL_MAGIC_FREE  0xFEEDF4EEu
#define POOL_MAGIC_INNER 0xA119A119u
#define POOL_TAG_KEY     0x9E3779B9u
#define POOL_HEADER      12u /* bytes of a header */
#define POOL_FIRST       16u /* offset of the first user bytes in a run */

/* Right in front of the user bytes, which are 16-byte aligned. Owned by whoever owns the block; a
 * free block's belongs to its class lock. The user bytes of a free block are not touched. */
struct AllocHeader {
    uint32_t size; /* live: bytes the program asked for. Free: offset of the next free block or 0 */
    uint32_t tag;  /* POOL_TAG (size, offset of this block) */
    uint32_t magic; /* POOL_MAGIC_LIVE or POOL_MAGIC_FREE */
};

/* In front of an over-aligned pointer that is not where its block begins; possibly unaligned. */
struct InnerHeader {
    uint32_t size;     /* bytes the program asked for */
    uint32_t distance; /* bytes back to the user bytes of the block around */
    uint32_t magic;    /* POOL_MAGIC_INNER */
};

#define POOL_TAG(size, offset)             ((size) ^ (offset) ^ POOL_TAG_KEY)
#define POOL_OFFSET(user)                  ((uint32_t)((uintptr_t)(user) - (uintptr_t)POOLNV_REGION))
#define POOL_AT(offset)                    ((void *)((uintptr_t)POOLNV_REGION + (offset)))
#define POOL_HEADER_AT(offset)             ((struct AllocHeader *)POOL_AT((offset)-POOL_HEADER))
#define POOL_HEADER_INTACT(header, offset) ((header)->tag == POOL_TAG((header)->size, (offset)))

/* Is this pointer inside the region? NULL is not. Says nothing about a block being there. */
#define POOL_OWNS(user) ((uintptr_t)(user) - (uintptr_t)POOLNV_REGION < POOLNV_REGION_BYTES)

/* ---- page table ---- */

enum PoolKind { POOL_KIND_NONE, POOL_KIND_FREE, POOL_KIND_SPAN, POOL_KIND_LARGE, POOL_KIND_EDGE };
#define POOL_KIND_MASK      0xFFu
#define POOL_HOLE           1u
#define POOL_NOT_LISTED     0xFFFFFFFFu
#define POOL_SPAN_TAG(c, n) (POOL_KIND_SPAN | (c) << 8 | (n) << 16)
#define POOL_TAG_CLASS(tag) ((tag) >> 8 & 0xFFu)
#define POOL_TAG_BACK(tag)  ((tag) >> 16)

/* One entry per page, then one for the end of the region. Links are page numbers, 0 ends a list:
 * page 0 is never handed out. Fields other than tag and flags are used in a head only (free runs:
 * `pages` in the last page too). */
struct PoolPage {
    uint32_t tag;    /* low byte enum PoolKind. Head of any run; of a span in every page, with its
                        class and the pages back to its head. Read without a lock; written with the
                        page-heap lock, for spans with the class lock as well */
    uint32_t pages;  /* pages in the run; page-heap lock, constant while a span lives */
    uint32_t next;   /* span: next of its class with room. Free run: next in its bin */
    uint32_t prev;   /* the one before, or POOL_NOT_LISTED for a span without room */
    uint32_t free;   /* span: offset of the first free block, 0 none; class lock */
    uint32_t carved; /* span: bytes of strides carved so far; class lock */
    uint32_t used;   /* span: live blocks; class lock */
    uint32_t flags;  /* POOL_HOLE: below the frontier, not committed; page-heap lock */
};

/* ---- state ---- */

/* A line of the cache each, so that two classes never wait for one line. */
struct PoolClass {
    volatile uint32_t lock;
    uint32_t room;       /* first span that may have a block to give, 0 none */
    uint32_t spare;      /* a span that was empty when last looked at, kept for the next demand */
    uint32_t stride;     /* bytes, a multiple of 16; constant, like the next four */
    uint32_t inverse;    /* ceil (2^32 / (stride / 16)): divides without dividing */
    uint32_t span_pages; /* pages of a new span */
    uint32_t max_size;   /* largest request */
    uint32_t index;      /* of this class */
    PoolCounter allocs;  /* blocks handed out */
    PoolCounter frees;   /* blocks taken back, by free or by realloc */
    uint32_t reserved[4];
};

struct PoolPageHeap {
    volatile uint32_t lock;
    uint32_t page_count; /* pages of the region; constant */
    uint32_t top;        /* page number, see above */
    uint32_t frontier;   /* page number, see above; read without the lock by bump */
    uint32_t committed;  /* pages backed by memory */
    uint32_t holes;      /* pages below the frontier that are not */
    uint32_t step;       /* pages of the next commit */
    uint32_t reserved;
    PoolCounter allocs;                      /* large blocks handed out */
    PoolCounter frees;                       /* large blocks taken back */
    uint32_t bins_used[POOL_BIN_LIMIT / 32]; /* bit per bin that is not empty */
    uint32_t bins[POOL_BIN_LIMIT];           /* first free run, see pages.c */
    struct {
        PoolCounter live, total;
    } rows[POOL_LARGE_ROWS]; /* of the histogram */
};

/* Events outside any lock; POOL_COUNT. */
struct PoolEvents {
    PoolCounter fallback_allocs, reallocs, foreign_frees, null_frees, ignored_frees,
        corrupt_headers, double_frees;
    PoolCounter moved; /* blocks released by realloc, which no call of free asked for */
};

struct PoolState {
    struct PoolClass classes[POOL_SMALL_LIMIT];
    uint8_t class_of[2112];         /* by (size + header + 15) / 16 */
    volatile uint32_t current_used; /* bytes */
    volatile uint32_t peak_used;    /* bytes */
    volatile uint32_t bump_top;     /* offset of the next header of the bump strategy */
    uint32_t class_count;
    uint32_t ready; /* 1 after pool_init */
    uint32_t reserved[11];
    struct PoolPageHeap heap;
    struct PoolEvents events;
    uintptr_t fork_owner; /* POOL_SELF of the thread inside fork, else 0 */
};

_Static_assert(sizeof(struct AllocHeader) == POOL_HEADER, "header of a block");
_Static_assert(sizeof(struct InnerHeader) == POOL_HEADER, "header inside a block");
_Static_assert(sizeof(struct PoolPage) == 32, "page-table entry");
_Static_assert(sizeof(struct PoolClass) == 64, "one cache line");
_Static_assert(POOL_STATE_OFFSET >= POOL_CONTROL_BYTES, "the control block has its room");
_Static_assert(sizeof(struct PoolState) <= POOL_TABLE_OFFSET - POOL_STATE_OFFSET, "state fits");
_Static_assert(POOL_SMALL_LIMIT + POOL_LARGE_ROWS <= POOL_CLASS_LIMIT + 1, "the histogram fits");

#define POOL_CONTROL POOL_FIXED(struct PoolControl, POOLNV_CONTROL)
#define POOL_STATE   POOL_FIXED(struct PoolState, POOLNV_CONTROL + POOL_STATE_OFFSET)
#define POOL_PAGES   POOL_FIXED(struct PoolPage, POOLNV_CONTROL + POOL_TABLE_OFFSET)
#define POOL_ACTIVE  POOL_LOAD(POOL_CONTROL->active)

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

/* Fills *out. Takes every lock for a moment, one after the other. */
void pool_snapshot(struct PoolSnapshot *out);

/* Gives the memory of free runs and spare spans back to the operating system. Live blocks are not
 * touched. Bytes given back; always 0 with bump. */
uint64_t pool_reset(void);

/* For pthread_atfork: the three are called by the forking thread. The child gets every lock free
 * and its own pid in the control block. */
void pool_fork_prepare(void);
void pool_fork_parent(void);
void pool_fork_child(void);

/* A block of at least size bytes, 16-byte aligned, or NULL when the pool can't serve it; no errno.
 * Whether the pool is active is the caller's business. */
#define POOL_ALLOC(size)                                                                           \
    (POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_alloc(size) : pool_bump_alloc(size))

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

/* POOL_OK and the size the program asked for, or POOL_CORRUPT. */
enum PoolVerdict pool_size(const void *user, size_t *size);

/* Changes the size in place. POOL_OK, POOL_MOVE with *old the size so far and nothing changed, or
 * POOL_CORRUPT. Without `stay` a block also moves when staying would waste half of it. */
enum PoolVerdict pool_resize(void *user, size_t size, size_t *old, int stay);

/* POOL_OK when a live block begins at user. Counts nothing. */
enum PoolVerdict pool_probe(const void *user);

/* All locks, in order; for fork and for the walkers. */
void pool_lock_all(void);
void pool_unlock_all(void);

/* Accounts for bytes handed out (from `before` + bytes to the peak) or taken back. */
#define POOL_USED_MORE(bytes)                                                                      \
    do {                                                                                           \
        uint32_t used_ = POOL_ADD(POOL_STATE->current_used, (bytes)) + (bytes);                    \
        if (used_ > POOL_LOAD(POOL_STATE->peak_used))                                              \
            pool_raise_peak(used_);                                                                \
    } while (0)
#define POOL_USED_LESS(bytes) ((void)POOL_ADD(POOL_STATE->current_used, 0u - (bytes)))
void pool_raise_peak(uint32_t used);

/* ---- size_class.c ---- */

void pool_classes_init(void);
uint32_t pool_large_row(uint32_t size); /* histogram row of a request above POOL_SMALL_MAX */

/* ---- recycle.c and bump.c: the strategies. *inner is filled in for POOL_INNER ---- */

void *pool_recycle_alloc(size_t size);
void *pool_recycle_alloc_large(size_t size, uint32_t *fresh); /* fresh: 1 when it reads as zero */
enum PoolVerdict pool_recycle_free(void *user);
enum PoolVerdict pool_recycle_free_slow(void *user, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int stay,
                                     struct InnerHeader *inner);
void pool_recycle_release_spares(void); /* wholly empty spans of all classes go to the page heap */

void *pool_bump_alloc(size_t size);
enum PoolVerdict pool_bump_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_bump_resize(void *user, size_t size, uint32_t *old, int stay,
                                  struct InnerHeader *inner);

/* ---- pages.c: all but init and trim with the page-heap lock held ---- */

void pool_pages_init(uint32_t page_count);

/* A run of `pages` committed pages, or 0. Its tags are POOL_KIND_NONE: the caller sets them. *fresh
 * becomes 1 when no byte of it was ever handed out, so that it reads as zero. */
uint32_t pool_pages_take(uint32_t pages, uint32_t *fresh);

/* Takes a run back. The caller has cleared its tags. */
void pool_pages_give(uint32_t head, uint32_t pages);

/* Lengthens a large run in place; not 0 when that was possible. */
int pool_pages_extend(uint32_t head, uint32_t pages);

/* Commits up to page number `end`; 0 is success. */
int pool_pages_reach(uint32_t end);

/* Gives the memory of free runs back; pages given. Takes the lock itself. */
uint32_t pool_pages_trim(void);

/* Committed, hence readable? */
int pool_page_readable(uint32_t page);

#endif
