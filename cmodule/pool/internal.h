/* SPDX-License-Identifier: MIT */
/* Functions shared by the files of the pool, lowest file first: each calls only those above it. The
 * hooks may use them too, for the fast paths in C and for the chunks of scrap heaps. */
#ifndef POOLNV_INTERNAL_H
#define POOLNV_INTERNAL_H

#include "pool.h"

/* ---- the cache of a thread ---- */

/* A thread's slot holds the distance of its cache from POOL_CACHE_NEW, so that the NULL of a new
 * thread leads there and the fast path needs no test. Without a slot all threads share a cache. */
#define POOL_SLOT_VALUE(cache) ((void *)((char *)(cache) - (char *)POOL_CACHE(POOL_CACHE_NEW)))
#define POOL_SLOT_CACHE(value)                                                                     \
    ((struct PoolCache *)((char *)POOL_CACHE(POOL_CACHE_NEW) + (intptr_t)(value)))
#ifdef POOL_OS_SLOT
#define POOL_THREAD_CACHE() POOL_SLOT_CACHE(pool_os_slot())
#else
#define POOL_THREAD_CACHE() POOL_CACHE(POOL_CACHE_DEPARTED)
#endif

/* ---- lock.c ---- */

/* All locks, in order; for fork and for pool_check. */
void pool_lock_all(void);
void pool_unlock_all(void);

/* ---- size_class.c ---- */

uint32_t pool_classes_init(void);              /* returns the bytes that a cache needs */
struct PoolClass *pool_class_for(size_t size); /* for at most POOL_SMALL_MAX bytes, never tiny */

/* True if a block of this class with `old` bytes can be resized to `size` in place. */
int pool_fits_in_place(const struct PoolClass *class, size_t size, uint32_t old, int in_place);
uint32_t pool_in_place_min(const struct PoolClass *class); /* see PoolMagazine */

/* ---- usage.c ---- */

/* Bytes held by live blocks; may lag behind other threads. Updates the peak. */
uint32_t pool_used(void);

/* Live blocks of a class, likewise. */
uint32_t pool_class_live(const struct PoolClass *class);

/* Adds or removes bytes that are in use. Adding may reach a new peak. */
void pool_usage_add(uint32_t bytes);
void pool_usage_sub(uint32_t bytes);

/* ---- segments.c ---- */

/* Bytes of the region whose address space is reserved. */
uint32_t pool_reserved(void);

#ifdef POOLNV_SEGMENTED
/* As pool_os_commit and pool_os_decommit, across segments; the first reserves segments as needed.
 * After a failure a part may be committed. */
int pool_segments_commit(void *start, size_t bytes);
int pool_segments_decommit(void *start, size_t bytes);

/* The first lost offset in offset .. end - 1 with only reserved segments before it, and in *after
 * the end of its segment; `end` if there is none. */
uint32_t pool_segment_lost(uint32_t offset, uint32_t end, uint32_t *after);
#else
#define pool_segments_commit   pool_os_commit
#define pool_segments_decommit pool_os_decommit
#endif

/* ---- page_heap.c ---- */

void pool_page_heaps_init(void);
struct PoolPageHeap *pool_heap_of(uint32_t page);

/* Histogram row of a request above POOL_SMALL_MAX. */
uint32_t pool_histogram_row(uint32_t size);

/* A committed run of `pages` pages with that tag, for a span or for a large block of `size` bytes,
 * from the arena or, if that is full, from another one. Returns its head, or 0. Takes the locks
 * itself. *fresh becomes 1 if the run reads as zero, because no byte of it was ever handed out. */
uint32_t pool_run_take(uint32_t arena, uint32_t pages, uint32_t size, uint32_t tag,
                       uint32_t *fresh);

/* With the page-heap lock. */
void pool_page_tag(uint32_t page, uint32_t tag); /* and the class that the fast path reads */
void pool_run_give(struct PoolPageHeap *heap, uint32_t head, uint32_t pages); /* tags are cleared */
int pool_run_extend(struct PoolPageHeap *heap, uint32_t head, uint32_t pages); /* not 0: done */
int pool_pages_commit(struct PoolPageHeap *heap, uint32_t end); /* up to there; 0 is success */

/* Decommits free runs; returns the number of chunks. Takes the locks itself. */
uint32_t pool_pages_trim(void);

/* Commits and touches that many bytes of the region. */
void pool_prefault(uint64_t bytes);

/* ---- span.c; with the class lock ---- */

/* Moves at most `count` blocks into slots, the one with the lowest address on top; how many. */
uint32_t pool_span_take(struct PoolClass *class, void **slots, uint32_t count);

void pool_span_give(struct PoolClass *class, void **slots, uint32_t count);

/* Returns empty spans of all classes to the page heaps. Takes the locks itself. */
void pool_span_release_spares(void);

/* ---- magazine.c; by the owner of the cache, without the class lock ---- */

/* Takes one block, and fills the empty magazine with a batch; NULL if the class has none. */
void *pool_magazine_refill(struct PoolMagazine *magazine, struct PoolClass *class);

/* Moves the `count` blocks that are unused for the longest time out of the magazine. */
void pool_magazine_shed(struct PoolMagazine *magazine, struct PoolClass *class, uint32_t count);

/* Sets up the magazines of a cache, once; without slots they never take a block. */
void pool_cache_prepare(struct PoolCache *cache, int has_slots);

/* Moves all blocks of a cache that is set up to the depot and the spans. */
void pool_cache_empty(struct PoolCache *cache);

/* Bytes of all blocks in a cache, which no thread uses meanwhile; 0 if it is not set up. */
uint32_t pool_cache_bytes(const struct PoolCache *cache);

/* Moves all blocks of the depot to their spans. Any thread. */
void pool_depot_empty(void);

/* ---- thread_cache.c ---- */

/* The calling thread's cache, or the shared one, locked. Every enter needs a leave. */
struct PoolCache *pool_cache_enter(void);
void pool_cache_leave(struct PoolCache *cache);

/* The same for a call that only frees: a thread that has ended, but for what the C library frees
 * afterwards, gets no cache again. */
struct PoolCache *pool_cache_enter_to_free(void);

/* In a child after fork: all caches but that of the calling thread lose their owners. */
void pool_caches_orphan(const struct PoolCache *mine);

/* A live block of the class with that size; NULL if there is none. */
void *pool_cache_take(struct PoolClass *class, uint32_t size);

/* Takes back a block of that class whose magic is already POOL_MAGIC_FREE. */
void pool_cache_give(void *user, struct PoolClass *class);

/* Moves all blocks of the depot, of the shared cache, of caches without an owner and of the calling
 * thread's cache to their spans. */
void pool_cache_flush(void);

/* Counts the last free as one on behalf of realloc. */
void pool_count_moved(void);

/* ---- large.c; with the page-heap lock ---- */

uint32_t pool_large_pages(size_t size);

/* Makes a live block of a run that pool_run_take returned. Needs no lock. */
void *pool_large_start(uint32_t head, uint32_t size);

/* The block is no longer live; its run can be released. */
void pool_large_retire(struct PoolPageHeap *heap, void *user);
void pool_large_release(struct PoolPageHeap *heap, uint32_t head);

/* Resizes in place; 0 if that is not possible. */
int pool_large_resize(struct PoolPageHeap *heap, uint32_t head, uint32_t before, uint32_t after);

/* ---- quarantine.c ---- */

/* Adds a block whose magic is already POOL_MAGIC_FREE, and releases the oldest. */
void pool_quarantine_put(void *user, uint32_t bytes, struct PoolClass *class);
void pool_quarantine_drain(uint32_t keep_bytes);

/* ---- block.c: the recycle strategy. *inner is set for POOL_INNER ---- */

void *pool_recycle_alloc_tiny(size_t size);

/* A large block; *fresh becomes 1 if it reads as zero. */
void *pool_large_alloc(size_t size, size_t capacity, uint32_t *fresh);

/* A run from the arena of large blocks, of `pages` pages or, after reclaiming memory, of at least
 * `least`; its head or 0. */
uint32_t pool_run_alloc(uint32_t pages, uint32_t least, uint32_t size, uint32_t tag,
                        uint32_t *fresh);

enum PoolVerdict pool_recycle_free(void *user); /* POOL_OK or POOL_SLOW */
enum PoolVerdict pool_recycle_free_slow(void *user, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int in_place,
                                     struct InnerHeader *inner);

/* True if a block, live or not, may begin at `user`. Takes no lock: for statistics only. */
int pool_recycle_may_start(const void *user);

/* The class of a live small block according to its header, else NULL. POOL_OWNS must hold; reads
 * only committed memory. */
struct PoolClass *pool_class_of_live(const void *user);

/* ---- bump.c ---- */

enum PoolVerdict pool_bump_size(const void *user, uint32_t *size, struct InnerHeader *inner);
enum PoolVerdict pool_bump_resize(void *user, size_t size, uint32_t *old, int in_place,
                                  struct InnerHeader *inner);

/* ---- pool.c ---- */

/* Sets fast_limit and sampled_limit from `active`, the strategy and the sampler. */
void pool_route(void);

/* ---- check.c, only with POOL_CHECK ---- */

/* Returns 0, or the line of an invariant of docs/memory-layout.md that does not hold. `at_rest`: no
 * other thread allocates, so caches and sums are checked too. Not for the bump strategy. */
int pool_check(int at_rest);

#endif
