/* SPDX-License-Identifier: MIT */
/* Thread caches: which thread owns which one, and the blocks that it takes from it and returns,
 * without a lock or a locked instruction. Blocks have no owning thread: a thread caches whatever it
 * frees. */
#include "internal.h"

/* Frees of a thread whose slot the C library has cleared at its end, at most. A new thread at the
 * same address gets its own cache with its first allocation or after so many frees. */
#define LATE_FREES 64u

/* The warmest lost its owner last, so that its memory is the most likely to be in the processor's
 * caches; the coldest lost it first. */
enum CacheAge { CACHE_WARMEST, CACHE_COLDEST };

static struct PoolCache *cache_attach(void);
static uint32_t cache_of_predecessor(uint32_t seen);
static uint32_t cache_claim(void);
static void cache_release(struct PoolCache *cache);
static void coldest_empty(void);
static int unowned_cache_empty(uint32_t index);
static uint32_t cache_search(uint32_t seen, enum CacheAge wanted);
static void scrap_heap_leave(struct PoolCache *cache);

/* ---- one block ---- */

void *pool_cache_take(struct PoolClass *class, uint32_t size) {
    struct PoolCache *cache = pool_cache_enter();
    struct PoolMagazine *magazine = &cache->magazines[class->index];
    void **top = magazine->top, *user = top[-1];

    if (user == NULL)
        user = pool_magazine_refill(magazine, class);
    else
        POOL_STORE(magazine->top, top - 1);
    if (user != NULL) {
        pool_header_write(user, size, class->class_key, POOL_MAGIC_LIVE);
        POOL_COUNT_OWN(magazine->allocs);
    }
    pool_cache_leave(cache);
    return user;
}

void pool_cache_give(void *user, struct PoolClass *class) {
    struct PoolCache *cache = pool_cache_enter_to_free();
    struct PoolMagazine *magazine = &cache->magazines[class->index];

    if (magazine->top == magazine->limit)
        pool_magazine_shed(magazine, class, class->batch);
    *magazine->top = user;
    POOL_STORE(magazine->top, magazine->top + 1);
    pool_cache_leave(cache);
}

void pool_count_moved(void) {
    struct PoolCache *cache = pool_cache_enter_to_free();

    POOL_COUNT_OWN(cache->moved);
    pool_cache_leave(cache);
}

/* ---- the cache of the calling thread ---- */

struct PoolCache *pool_cache_enter(void) {
    struct PoolCache *cache = POOL_THREAD_CACHE();

    if (cache == POOL_CACHE(POOL_CACHE_NEW))
        cache = cache_attach();
    if (cache != POOL_CACHE(POOL_CACHE_DEPARTED))
        return cache;
    POOL_LOCK(&POOL_STATE->shared_lock);
    return POOL_CACHE(POOL_CACHE_SHARED);
}

void pool_cache_leave(struct PoolCache *cache) {
    if (cache == POOL_CACHE(POOL_CACHE_SHARED))
        POOL_UNLOCK(&POOL_STATE->shared_lock);
}

struct PoolCache *pool_cache_enter_to_free(void) {
    struct PoolEnded *ended;

    if (POOL_THREAD_CACHE() != POOL_CACHE(POOL_CACHE_NEW))
        return pool_cache_enter();
    ended = POOL_ENDED(POOL_THREAD_NUMBER());
    if (POOL_LOAD(ended->thread) != POOL_THREAD_NUMBER() || POOL_LOAD(ended->frees) >= LATE_FREES)
        return pool_cache_enter();
    POOL_STORE(ended->frees, POOL_LOAD(ended->frees) + 1);
    POOL_LOCK(&POOL_STATE->shared_lock);
    return POOL_CACHE(POOL_CACHE_SHARED);
}

/* Gives the thread a cache without an owner. If there is none, it uses the shared one. */
static struct PoolCache *cache_attach(void) {
    struct PoolState *state = POOL_STATE;
    struct PoolEnded *ended = POOL_ENDED(POOL_THREAD_NUMBER());
    uint32_t index = cache_of_predecessor(POOL_LOAD(state->caches_seen));
    struct PoolCache *cache;

    if (POOL_LOAD(ended->thread) == POOL_THREAD_NUMBER())
        POOL_STORE(ended->thread, 0);
    if (index == POOL_CACHE_COUNT)
        index = cache_claim();
    if (index == POOL_CACHE_COUNT) {
        pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
        return POOL_CACHE(POOL_CACHE_DEPARTED);
    }
    cache = POOL_CACHE(index);
    (void)POOL_ADD(state->retained_bytes, 0u - POOL_LOAD(state->owners[index].retained));
    POOL_STORE(state->owners[index].retained, 0);
    pool_cache_prepare(cache, 1);
    cache->in_original = 0;
    POOL_STORE(state->owners[index].thread, POOL_THREAD_NUMBER());
    pool_os_set_slot(POOL_SLOT_VALUE(cache), 1);
    return cache;
}

/* The cache of a thread that ended without releasing it, known by the address of its thread block,
 * which the calling thread has now; else POOL_CACHE_COUNT. */
static uint32_t cache_of_predecessor(uint32_t seen) {
    struct PoolOwner *owner = POOL_STATE->owners;
    uintptr_t self = POOL_THREAD_NUMBER();
    uint32_t index;

    for (index = POOL_CACHE_FIRST; index < seen; index++) {
        if (POOL_LOAD(owner[index].thread) != self || !POOL_LOAD(POOL_CACHE(index)->owned))
            continue;
        scrap_heap_leave(POOL_CACHE(index));
        return index;
    }
    return POOL_CACHE_COUNT;
}

/* Takes the warmest cache without an owner, else one that never had an owner. POOL_CACHE_COUNT:
 * there is none. */
static uint32_t cache_claim(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, seen;

    do {
        seen = POOL_LOAD(state->caches_seen);
        index = cache_search(seen, CACHE_WARMEST);
        if (index == POOL_CACHE_COUNT)
            return index;
        if (index == seen && !pool_swap_if(&state->caches_seen, seen, seen + 1))
            continue;
    } while (!pool_swap_if(&POOL_CACHE(index)->owned, 0, 1));
    return index;
}

/* ---- the end of a thread ---- */

/* The blocks stay in the cache for its next owner. A value that is not in this thread's slot is
 * that of a fiber, which any thread may delete, and is ignored. What the thread frees from now on
 * goes through the shared cache. */
POOL_THREAD_EXIT(pool_thread_exit) {
    struct PoolCache *cache = POOL_SLOT_CACHE(value);

    if (!pool_os_exits_with(value))
        return;
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    /* Else it is called again, after the C library had cleared the slot. */
    if (cache != POOL_CACHE(POOL_CACHE_DEPARTED))
        cache_release(cache);
}

static void cache_release(struct PoolCache *cache) {
    struct PoolState *state = POOL_STATE;
    struct PoolOwner *owner = &state->owners[POOL_CACHE_INDEX(cache)];
    struct PoolEnded *ended = POOL_ENDED(POOL_THREAD_NUMBER());
    uint32_t bytes = pool_cache_bytes(cache);

    scrap_heap_leave(cache);
    POOL_STORE(ended->frees, 0);
    POOL_STORE(ended->thread, POOL_THREAD_NUMBER());
    POOL_STORE(owner->retained, bytes);
    POOL_STORE(owner->released, POOL_ADD(state->released, 1) + 1);
    POOL_STORE(owner->thread, 0);
    (void)POOL_ADD(state->retained_bytes, bytes);
    POOL_RELEASE(cache->owned, 0);
    if (POOL_LOAD(state->retained_bytes) > state->retained_limit)
        coldest_empty();
}

/* After a fork: the caches of the threads that the child does not have lose their owners. */
void pool_caches_orphan(const struct PoolCache *mine) {
    struct PoolState *state = POOL_STATE;
    struct PoolCache *cache;
    uint32_t index, sum = 0, bytes;

    for (index = POOL_CACHE_FIRST; index < state->caches_seen; index++) {
        cache = POOL_CACHE(index);
        if (cache == mine)
            continue;
        bytes = pool_cache_bytes(cache);
        sum += bytes;
        POOL_STORE(state->owners[index].retained, bytes);
        POOL_STORE(state->owners[index].thread, 0);
        POOL_STORE(cache->owned, 0);
    }
    POOL_STORE(state->retained_bytes, sum);
}

/* ---- caches without an owner ---- */

void pool_cache_flush(void) {
    struct PoolCache *cache = pool_cache_enter();
    uint32_t index;

    pool_cache_empty(cache);
    pool_cache_leave(cache);
    POOL_LOCK(&POOL_STATE->shared_lock);
    pool_cache_empty(POOL_CACHE(POOL_CACHE_SHARED));
    POOL_UNLOCK(&POOL_STATE->shared_lock);
    for (index = POOL_CACHE_FIRST; index < POOL_LOAD(POOL_STATE->caches_seen); index++)
        unowned_cache_empty(index);
    pool_depot_empty();
}

/* Empties caches without an owner, the coldest first, until the rest retains little enough. */
static void coldest_empty(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, seen;

    do {
        seen = POOL_LOAD(state->caches_seen);
        index = cache_search(seen, CACHE_COLDEST);
    } while (index != seen && unowned_cache_empty(index) &&
             POOL_LOAD(state->retained_bytes) > state->retained_limit);
}

/* Empties a cache without an owner; 0 if a thread has it. In a child after fork it may not be set
 * up: its owner was about to do that. */
static int unowned_cache_empty(uint32_t index) {
    struct PoolCache *cache = POOL_CACHE(index);
    struct PoolOwner *owner = &POOL_STATE->owners[index];

    if (POOL_LOAD(cache->owned) || !pool_swap_if(&cache->owned, 0, 1))
        return 0;
    (void)POOL_ADD(POOL_STATE->retained_bytes, 0u - POOL_LOAD(owner->retained));
    POOL_STORE(owner->retained, 0);
    if (cache->ready)
        pool_cache_empty(cache);
    POOL_RELEASE(cache->owned, 0);
    return 1;
}

/* The warmest cache below `seen` without an owner, or the coldest one that retains blocks. `seen`:
 * there is none. */
static uint32_t cache_search(uint32_t seen, enum CacheAge wanted) {
    const struct PoolState *state = POOL_STATE;
    uint32_t turn = POOL_LOAD(state->released), best = seen, best_age = 0, index, age;

    for (index = POOL_CACHE_FIRST; index < seen; index++) {
        if (wanted == CACHE_WARMEST ? POOL_LOAD(POOL_CACHE(index)->owned) != 0
                                    : POOL_LOAD(state->owners[index].retained) == 0)
            continue;
        age = turn - POOL_LOAD(state->owners[index].released);
        if (best == seen || (wanted == CACHE_WARMEST ? age < best_age : age > best_age)) {
            best = index;
            best_age = age;
        }
    }
    return best;
}

static void scrap_heap_leave(struct PoolCache *cache) {
    if (cache->scrap_owner != NULL)
        POOL_STORE(*cache->scrap_owner, SCRAP_UNOWNED);
    cache->scrap_owner = NULL;
    cache->scrap_current = NULL;
}
