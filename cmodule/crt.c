/* SPDX-License-Identifier: MIT */
/* The entry points every C runtime has. Ours to the pool, foreign to the original; full or inactive
 * to the original as well. */
#include "crt.h"

void *replace_malloc(size_t size) {
    void *user;

    if (!POOL_ACTIVE)
        return ORIGINAL(CrtAlloc, malloc)(size);
    user = POOL_ALLOC(size);
    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtAlloc, malloc)(size));
}

void replace_free(void *user) {
    if (POOL_OWNS(user)) {
        if (POOL_CONTROL->strategy != POOL_RECYCLE || pool_recycle_free(user) != POOL_OK)
            pool_free(user);
    } else if (user != NULL) {
        POOL_COUNT(POOL_STATE->events.foreign_frees);
        ORIGINAL(CrtFree, free)(user);
    } else {
        POOL_COUNT(POOL_STATE->events.null_frees);
    }
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

void *replace_realloc(void *user, size_t size) {
    size_t old;

    POOL_COUNT(POOL_STATE->events.reallocs);
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
    moved = replace_malloc(size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, user, *old < size ? *old : size);
    pool_free_moved(user);
    return moved;
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
