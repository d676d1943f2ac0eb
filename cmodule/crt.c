/* SPDX-License-Identifier: MIT */
/* The entry points every C runtime has. Ours to the pool, foreign to the original; full or inactive
 * to the original as well. */
#include "crt.h"

static void *resize_target(size_t size, size_t old);

void *COLD(malloc)(size_t size) {
    void *user;

    if (!POOL_ACTIVE)
        return ORIGINAL(CrtAlloc, malloc)(size);
    user = POOL_ALLOC(size);
    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtAlloc, malloc)(size));
}

void COLD(free)(void *user) {
    struct PoolCache *cache;

    if (POOL_OWNS(user)) {
        if (POOL_CONTROL->strategy != POOL_RECYCLE || pool_recycle_free(user) != POOL_OK)
            pool_free(user);
        return;
    }
    cache = pool_cache_enter();
    if (user != NULL)
        POOL_COUNT_OWN(cache->foreign_frees);
    else
        POOL_COUNT_OWN(cache->null_frees);
    pool_cache_leave(cache);
    if (user != NULL)
        ORIGINAL(CrtFree, free)(user);
}

void *replace_calloc(size_t count, size_t size) {
    size_t bytes;
    void *user;

    if (!POOL_ACTIVE || crt_product(count, size, &bytes))
        return ORIGINAL(CrtCalloc, calloc)(count, size);
    user = pool_alloc_zeroed(bytes);
    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtCalloc, calloc)(count, size));
}

void *COLD(realloc)(void *user, size_t size) {
    size_t old;

    crt_count_realloc();
    if (user == NULL)
        return replace_malloc(size);
    if (!POOL_OWNS(user))
        return ORIGINAL(CrtRealloc, realloc)(user, size);
    if (size != 0)
        return crt_resize(user, size, &old);
    if (pool_size(user, &old) == POOL_OK)
        pool_free_moved(user);
    else
        pool_set_errno(POOL_ENOMEM);
    return NULL;
}

void *crt_resize(void *user, size_t size, size_t *old) {
    enum PoolVerdict verdict = pool_resize(user, size, old, 0);
    void *moved;

    if (verdict == POOL_OK)
        return user;
    if (verdict == POOL_CORRUPT) { /* copying would trust a size that nobody vouches for */
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    moved = resize_target(size, *old);
    if (moved == NULL)
        return NULL;
    memcpy(moved, user, *old < size ? *old : size);
    pool_free_moved(user);
    return moved;
}

/* A block that grows by less than half of itself will often grow again: it gets a quarter more than
 * it asked for, so that the next steps find room. */
static void *resize_target(size_t size, size_t old) {
    void *user = NULL;

    if (POOL_ACTIVE && size > old && size - old <= old / 2)
        user = pool_alloc_roomy(size, size + size / 4);
    return user != NULL ? user : replace_malloc(size);
}

void crt_count_realloc(void) {
    struct PoolCache *cache = pool_cache_enter();

    POOL_COUNT_OWN(cache->reallocs);
    pool_cache_leave(cache);
}

void *crt_fallback(void *served) {
    if (served != NULL && !POOL_OWNS(served))
        POOL_COUNT(POOL_STATE->events.fallback_allocs);
    return served;
}

void *crt_pool_aligned(size_t size, size_t alignment, size_t offset) {
    if (!POOL_ACTIVE)
        return NULL;
    return pool_alloc_aligned(size, alignment, offset);
}

int crt_product(size_t count, size_t size, size_t *bytes) {
    *bytes = 0;
    if (size != 0 && count > (size_t)-1 / size)
        return 1;
    *bytes = count * size;
    return 0;
}
