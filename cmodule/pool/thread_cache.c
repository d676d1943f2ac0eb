/* SPDX-License-Identifier: MIT */
/* Thread caches: free blocks of one thread, taken and returned without a lock or a locked
 * instruction. Blocks have no owning thread: a thread caches whatever it frees, and exchanges
 * batches with the depot or the spans when a magazine is empty or full. */
#include "internal.h"

/* Frees of a thread whose slot the C library has cleared at its end, at most. A new thread at the
 * same address gets its own cache with its first allocation or after so many frees. */
#define LATE_FREES 64u

static void *magazine_refill(struct PoolMagazine *magazine, struct PoolClass *class);
static void magazine_shed(struct PoolMagazine *magazine, struct PoolClass *class, uint32_t count);
static void cache_empty(struct PoolCache *cache);
static int unowned_cache_empty(uint32_t index);
static void depot_empty(void);
static struct PoolCache *cache_attach(void);
static uint32_t cache_of_predecessor(uint32_t seen);
static uint32_t cache_claim(void);
static void cache_release(struct PoolCache *cache);
static void scrap_heap_leave(struct PoolCache *cache);
static uint32_t cache_bytes(const struct PoolCache *cache);
static void coldest_empty(void);

/* ---- one block ---- */

void *pool_cache_take(struct PoolClass *class, uint32_t size) {
    struct PoolCache *cache = pool_cache_enter();
    struct PoolMagazine *magazine = &cache->magazines[class->index];
    void **top = magazine->top, *user = top[-1];

    if (user == NULL)
        user = magazine_refill(magazine, class);
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
        magazine_shed(magazine, class, class->batch);
    *magazine->top = user;
    POOL_STORE(magazine->top, magazine->top + 1);
    pool_cache_leave(cache);
}

void pool_count_moved(void) {
    struct PoolCache *cache = pool_cache_enter_to_free();

    POOL_COUNT_OWN(cache->moved);
    pool_cache_leave(cache);
}

/* ---- batches ---- */

/* The lowest slot of a magazine. */
static void **magazine_base(const struct PoolMagazine *magazine, const struct PoolClass *class) {
    return magazine->limit - class->capacity;
}

/* Returns one block and fills the empty magazine with a batch from the depot, else from a span. All
 * with the lock, so that a fork and pool_check see each block in one place. */
static void *magazine_refill(struct PoolMagazine *magazine, struct PoolClass *class) {
    struct PoolMagazine *depot = &POOL_CACHE(POOL_CACHE_DEPOT)->magazines[class->index];
    void **base = magazine->top, *user = NULL;
    uint32_t taken, fresh = 0;

    POOL_LOCK(&class->lock);
    taken = (uint32_t)(depot->top - magazine_base(depot, class));
    if (taken > class->batch)
        taken = class->batch;
    if (taken != 0) {
        POOL_STORE(depot->top, depot->top - taken);
        memcpy(base, depot->top, taken * sizeof *base);
    } else {
        taken = fresh = pool_span_take(class, base, class->batch);
    }
    if (taken != 0) {
        user = base[taken - 1];
        POOL_STORE(magazine->top, base + taken - 1);
    }
    POOL_UNLOCK(&class->lock);
    if (fresh != 0)
        pool_usage_add(fresh * class->stride);
    return user;
}

/* Moves the lowest blocks of the magazine, unused for the longest time, to the depot, or to their
 * spans if the depot is full. */
static void magazine_shed(struct PoolMagazine *magazine, struct PoolClass *class, uint32_t count) {
    struct PoolMagazine *depot = &POOL_CACHE(POOL_CACHE_DEPOT)->magazines[class->index];
    void **base = magazine_base(magazine, class);
    uint32_t level = (uint32_t)(magazine->top - base), given = 0;

    POOL_LOCK(&class->lock);
    if ((uint32_t)(depot->limit - depot->top) >= count) {
        memcpy(depot->top, base, count * sizeof *base);
        POOL_STORE(depot->top, depot->top + count);
    } else {
        pool_span_give(class, base, count);
        given = count;
    }
    if (level != count)
        memmove(base, base + count, (level - count) * sizeof *base);
    POOL_STORE(magazine->top, magazine->top - count);
    POOL_UNLOCK(&class->lock);
    if (given != 0)
        pool_usage_sub(given * class->stride);
}

static void cache_empty(struct PoolCache *cache) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    struct PoolMagazine *magazine = cache->magazines;
    uint32_t level;

    for (; class < end; class += 1, magazine += 1) {
        level = (uint32_t)(POOL_LOAD(magazine->top) - magazine_base(magazine, class));
        if (level != 0)
            magazine_shed(magazine, class, level);
    }
}

void pool_cache_flush(void) {
    struct PoolCache *cache = pool_cache_enter();
    uint32_t index;

    cache_empty(cache);
    pool_cache_leave(cache);
    POOL_LOCK(&POOL_STATE->shared_lock);
    cache_empty(POOL_CACHE(POOL_CACHE_SHARED));
    POOL_UNLOCK(&POOL_STATE->shared_lock);
    for (index = POOL_CACHE_FIRST; index < POOL_LOAD(POOL_STATE->caches_seen); index++)
        unowned_cache_empty(index);
    depot_empty();
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
        cache_empty(cache);
    POOL_RELEASE(cache->owned, 0);
    return 1;
}

/* Other threads may use the depot at the same time. */
static void depot_empty(void) {
    struct PoolMagazine *depot = POOL_CACHE(POOL_CACHE_DEPOT)->magazines;
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    void **base;
    uint32_t level;

    for (; class < end; class += 1, depot += 1) {
        base = magazine_base(depot, class);
        POOL_LOCK(&class->lock);
        level = (uint32_t)(depot->top - base);
        if (level != 0)
            pool_span_give(class, base, level);
        POOL_STORE(depot->top, base);
        POOL_UNLOCK(&class->lock);
        pool_usage_sub(level * class->stride);
    }
}

/* ---- ownership ---- */

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

/* Takes the cache that lost its owner last, whose memory is the most likely to be in the
 * processor's caches, else one that never had an owner. POOL_CACHE_COUNT: there is none. */
static uint32_t cache_claim(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, best, seen, turn;

    do {
        seen = POOL_LOAD(state->caches_seen);
        turn = POOL_LOAD(state->released);
        best = seen;
        for (index = POOL_CACHE_FIRST; index < seen; index++)
            if (!POOL_LOAD(POOL_CACHE(index)->owned) &&
                (best == seen || turn - POOL_LOAD(state->owners[index].released) <
                                     turn - POOL_LOAD(state->owners[best].released)))
                best = index;
        if (best == POOL_CACHE_COUNT)
            return best;
        if (best == seen && !pool_swap_if(&state->caches_seen, seen, seen + 1))
            continue;
    } while (!pool_swap_if(&POOL_CACHE(best)->owned, 0, 1));
    return best;
}

void pool_cache_prepare(struct PoolCache *cache, int has_slots) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_SMALL_LIMIT;
    struct PoolMagazine *magazine = cache->magazines;
    void **slot = (void **)(cache + 1);

    if (cache->ready)
        return;
    for (; class < end; class += 1, magazine += 1) {
        magazine->top = ++slot; /* above a NULL */
        magazine->limit = slot;
        if (!has_slots || class->stride == 0)
            continue;
        slot += class->capacity;
        magazine->limit = slot;
        magazine->in_place_min = (uint16_t)pool_in_place_min(class);
        magazine->in_place_span = (uint16_t)(class->max_size - magazine->in_place_min);
        magazine->class_key = class->class_key;
    }
    POOL_RELEASE(cache->ready, (uint32_t)has_slots);
}

/* The blocks stay in the cache for its next owner. A value that is not in this thread's slot is
 * that of a fiber, which any thread may delete, and is ignored. What the thread frees from now on
 * goes through the shared cache. */
POOL_THREAD_EXIT(pool_thread_exit) {
    struct PoolCache *cache = POOL_SLOT_CACHE(value);

    if (!pool_os_exits_with(value))
        return;
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    if (cache !=
        POOL_CACHE(POOL_CACHE_DEPARTED)) /* else called again: the C library had cleared the slot */
        cache_release(cache);
}

static void cache_release(struct PoolCache *cache) {
    struct PoolState *state = POOL_STATE;
    struct PoolOwner *owner = &state->owners[POOL_CACHE_INDEX(cache)];
    struct PoolEnded *ended = POOL_ENDED(POOL_THREAD_NUMBER());
    uint32_t bytes = cache_bytes(cache);

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

static void scrap_heap_leave(struct PoolCache *cache) {
    if (cache->scrap_owner != NULL)
        POOL_STORE(*cache->scrap_owner, SCRAP_UNOWNED);
    cache->scrap_owner = NULL;
    cache->scrap_current = NULL;
}

static uint32_t cache_bytes(const struct PoolCache *cache) {
    const struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    const struct PoolMagazine *magazine = cache->magazines;
    uint32_t bytes = 0;

    if (!cache->ready)
        return 0;
    for (; class < end; class += 1, magazine += 1)
        bytes +=
            (uint32_t)(POOL_LOAD(magazine->top) - magazine_base(magazine, class)) * class->stride;
    return bytes;
}

/* Empties caches without an owner, the coldest first, until the rest retains little enough. */
static void coldest_empty(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, best, seen, turn;

    do {
        seen = POOL_LOAD(state->caches_seen);
        turn = POOL_LOAD(state->released);
        best = seen;
        for (index = POOL_CACHE_FIRST; index < seen; index++)
            if (POOL_LOAD(state->owners[index].retained) != 0 &&
                (best == seen || turn - POOL_LOAD(state->owners[index].released) >
                                     turn - POOL_LOAD(state->owners[best].released)))
                best = index;
    } while (best != seen && unowned_cache_empty(best) &&
             POOL_LOAD(state->retained_bytes) > state->retained_limit);
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
        bytes = cache_bytes(cache);
        sum += bytes;
        POOL_STORE(state->owners[index].retained, bytes);
        POOL_STORE(state->owners[index].thread, 0);
        POOL_STORE(cache->owned, 0);
    }
    POOL_STORE(state->retained_bytes, sum);
}
