/* SPDX-License-Identifier: MIT */
/* Thread caches: free blocks of one thread, taken and returned without a lock or a locked
 * instruction. Blocks have no owning thread: a thread caches whatever it frees, and exchanges
 * batches with the depot or the spans when a magazine is empty or full. */
#include "internal.h"

static void *magazine_refill(struct PoolMagazine *magazine, struct PoolClass *class);
static void magazine_shed(struct PoolMagazine *magazine, struct PoolClass *class, uint32_t count);
static struct PoolCache *cache_attach(void);
static void cache_empty(struct PoolCache *cache);
static void unowned_cache_empty(struct PoolCache *cache);
static void depot_empty(void);

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
    struct PoolCache *cache = pool_cache_enter();
    struct PoolMagazine *magazine = &cache->magazines[class->index];

    if (magazine->top == magazine->limit)
        magazine_shed(magazine, class, class->batch);
    *magazine->top = user;
    POOL_STORE(magazine->top, magazine->top + 1);
    pool_cache_leave(cache);
}

void pool_count_moved(void) {
    struct PoolCache *cache = pool_cache_enter();

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
        unowned_cache_empty(POOL_CACHE(index));
    depot_empty();
}

/* Empties a cache without an owner, unless a thread takes it at this moment. In a child after fork
 * it may not be set up: its owner was about to do that. */
static void unowned_cache_empty(struct PoolCache *cache) {
    if (POOL_LOAD(cache->owned) || !pool_swap_if(&cache->owned, 0, 1))
        return;
    if (cache->ready)
        cache_empty(cache);
    POOL_RELEASE(cache->owned, 0);
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

/* Gives the thread a cache without an owner. If there is none, it uses the shared one. */
static struct PoolCache *cache_attach(void) {
    struct PoolCache *cache;
    uint32_t index, seen;

    for (index = POOL_CACHE_FIRST; index < POOL_CACHE_COUNT; index++) {
        cache = POOL_CACHE(index);
        if (POOL_LOAD(cache->owned) || !pool_swap_if(&cache->owned, 0, 1))
            continue;
        pool_cache_prepare(cache, 1);
        cache->in_original = 0;
        do {
            seen = POOL_LOAD(POOL_STATE->caches_seen);
        } while (seen <= index && !pool_swap_if(&POOL_STATE->caches_seen, seen, index + 1));
        pool_os_set_slot(POOL_SLOT_VALUE(cache), 1);
        return cache;
    }
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    return POOL_CACHE(POOL_CACHE_DEPARTED);
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
    if (cache ==
        POOL_CACHE(POOL_CACHE_DEPARTED)) /* called again: the C library had cleared the slot */
        return;
    if (cache->scrap_owner != NULL)
        POOL_STORE(*cache->scrap_owner, SCRAP_UNOWNED);
    cache->scrap_owner = NULL;
    cache->scrap_current = NULL;
    POOL_RELEASE(cache->owned, 0);
}
