/* SPDX-License-Identifier: MIT */
/* Magazines: the free blocks of one class in a cache. A magazine that is empty or full exchanges a
 * batch with the depot of its class or with the spans. For who owns a cache see thread_cache.c. */
#include "internal.h"

static void **magazine_base(const struct PoolMagazine *magazine, const struct PoolClass *class);

/* ---- one magazine ---- */

/* Returns one block and fills the empty magazine with a batch from the depot, else from a span. All
 * with the lock, so that a fork and pool_check see each block in one place. */
void *pool_magazine_refill(struct PoolMagazine *magazine, struct PoolClass *class) {
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
void pool_magazine_shed(struct PoolMagazine *magazine, struct PoolClass *class, uint32_t count) {
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

/* ---- all magazines of a cache ---- */

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

void pool_cache_empty(struct PoolCache *cache) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    struct PoolMagazine *magazine = cache->magazines;
    uint32_t level;

    for (; class < end; class += 1, magazine += 1) {
        level = (uint32_t)(POOL_LOAD(magazine->top) - magazine_base(magazine, class));
        if (level != 0)
            pool_magazine_shed(magazine, class, level);
    }
}

uint32_t pool_cache_bytes(const struct PoolCache *cache) {
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

/* Other threads may use the depot at the same time. */
void pool_depot_empty(void) {
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

/* The lowest slot of a magazine. */
static void **magazine_base(const struct PoolMagazine *magazine, const struct PoolClass *class) {
    return magazine->limit - class->capacity;
}
