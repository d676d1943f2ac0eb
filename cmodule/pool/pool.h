/* SPDX-License-Identifier: MIT */
/* What the hooks and the agent call; any thread, at any time. The sampler is in sampler.h. */
#ifndef POOLNV_POOL_H
#define POOLNV_POOL_H

#include "types.h"

/* Result of an operation on a pointer into the region. */
enum PoolVerdict {
    POOL_OK,
    POOL_MOVE,    /* a live block that can't have the new size in place */
    POOL_INNER,   /* an over-aligned pointer inside a block; internal */
    POOL_SLOW,    /* not decided by the header alone: take the slow path; internal */
    POOL_FREED,   /* a block that is free */
    POOL_CORRUPT, /* no block begins there, or its header is damaged */
};

/* Prepares the state. Call once, before the first block, with the agent's fields of the control
 * block set and the rest of the metadata mapping zero. Returns 0, or -POOL_EINVAL if region,
 * metadata and the addresses compiled in do not agree. Further calls (from the copy of the code for
 * another C runtime) do nothing. */
int32_t pool_init(void);

/* Releases the address space of the segments. Only before the hooks are written, when no thread
 * uses the pool. */
void pool_give_back(void);

/* Sends new allocations to the pool (not 0) or to the original; live pool blocks stay valid.
 * Returns the new state. */
uint32_t pool_set_active(uint32_t active);

/* Decommits wholly free memory, after emptying the calling thread's cache and those without an
 * owner. Live blocks are not touched. Returns the bytes decommitted; with bump 0. */
uint64_t pool_reset(void);

/* Fills in the statistics. */
void pool_snapshot(struct PoolSnapshot *out);

/* Around a fork; the forking thread calls all three. While it holds the pool's locks it must wait
 * for no lock that another thread may hold while it allocates: see hooks/fork_linux.c. In the child
 * all locks are free, the caches of the other threads have no owner, and the control block has the
 * child's pid; further calls of pool_fork_child do nothing, and without pool_fork_prepare the child
 * must have no other thread's locks to wait for. */
void pool_fork_prepare(void);
void pool_fork_parent(void);
void pool_fork_child(void);

/* Called at the end of a thread with the value of its slot: its cache loses its owner. */
POOL_THREAD_EXIT(pool_thread_exit);

/* ---- allocation: NULL if the pool can't serve it, errno is not set. The caller has checked
 * POOL_ACTIVE ---- */

/* A block of at least `size` bytes, 16-byte aligned. */
#define POOL_ALLOC(size)                                                                           \
    (POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_alloc(size) : pool_bump_alloc(size))
void *pool_recycle_alloc(size_t size);
void *pool_bump_alloc(size_t size);

/* At most POOL_TINY_MAX bytes, only 8-byte aligned. */
void *pool_alloc_tiny(size_t size);

/* With space to grow in place to `capacity` bytes, if there is that much. */
void *pool_alloc_with_capacity(size_t size, size_t capacity);

/* Reads as zero. */
void *pool_alloc_zeroed(size_t size);

/* With (pointer + offset) a multiple of alignment, a power of two. */
void *pool_alloc_aligned(size_t size, size_t alignment, size_t offset);

/* Capacity for a block that is resized from `old` to `size` bytes. A block that grows by at most
 * half of itself will often grow again, and gets slack: half of `size`, or three eighths of it from
 * 16 KB on. */
size_t pool_growth_capacity(size_t size, size_t old);

/* ---- pointers: POOL_OWNS must hold, otherwise any value (wild, interior, freed). What is wrong
 * with them is counted in the statistics, except by pool_probe ---- */

/* free, called by the program. */
void pool_free(void *user);

/* free on behalf of realloc: not counted as a call of free. */
void pool_free_moved(void *user);

/* POOL_OK and the requested size, or POOL_CORRUPT. */
enum PoolVerdict pool_size(const void *user, size_t *size);

/* Changes the size in place. POOL_OK; POOL_MOVE, with *old the present size and nothing changed; or
 * POOL_CORRUPT. `in_place`: 1 if the caller can't move the block, else POOL_MOVE is also returned
 * when shrinking in place would waste too much. */
enum PoolVerdict pool_resize(void *user, size_t size, size_t *old, int in_place);

/* POOL_OK if a live block begins at `user`. */
enum PoolVerdict pool_probe(const void *user);

/* Counts a pointer at which no intact block begins. Returns POOL_CORRUPT. */
enum PoolVerdict pool_corrupt(const void *user);

#endif
