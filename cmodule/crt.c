/* SPDX-License-Identifier: MIT */
/* The entry points every C runtime has. Ours to the pool, foreign to the original; full or inactive
 * to the original as well. */
#include "crt.h"

static void *large_calloc(size_t count, size_t size);
static size_t quick_limit(void);
static void *quick_malloc(size_t size);
static void *resize_target(size_t size, size_t old);
static void *small_resize(void *user, size_t size, struct PoolClass *class);
static void *cut_to(void *user, size_t size);

#ifdef POOL_HOT
void *crt_malloc_due(size_t size) {
    CALLERS_DUE(size);
    return crt_malloc_cold(size);
}
#else
void *replace_malloc(size_t size) {
    CALLERS_ASKED(size);
    return crt_malloc_cold(size);
}
#endif

void *crt_malloc_cold(size_t size) {
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
        pool_free(user);
        return;
    }
    cache = pool_cache_enter();
    if (cache->asked == 0)
        POOL_COUNT_OWN(*(user != NULL ? &cache->foreign_frees : &cache->null_frees));
    pool_cache_leave(cache);
    if (user != NULL)
        ORIGINAL(CrtFree, free)(user);
}

void *replace_calloc(size_t count, size_t size) {
    size_t bytes;
    void *user;

    if (!POOL_ACTIVE)
        return ORIGINAL(CrtCalloc, calloc)(count, size);
    if (crt_product(count, size, &bytes)) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    if (bytes < POOL_LOAD(POOL_STATE->hot_limit)) {
        user = replace_malloc(bytes);
    } else {
        CALLERS_ASKED(bytes);
        if (bytes >= POOL_LOAD(POOL_STATE->sampled_limit))
            return large_calloc(count, size);
        user = crt_malloc_small(bytes);
    }
    if (user != NULL)
        pool_zero(user, bytes);
    return user;
}

/* Of an active pool; the product fits. */
static void *large_calloc(size_t count, size_t size) {
    void *user = pool_alloc_zeroed(count * size);

    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtCalloc, calloc)(count, size));
}

void *COLD(realloc)(void *user, size_t size) {
    void *moved;

    crt_count_realloc();
    moved = crt_realloc_uncounted(user, size);
    CALLERS_MOVED(user, moved, size);
    return moved;
}

void *crt_realloc_uncounted(void *user, size_t size) {
    size_t old;

    if (size < quick_limit() && POOL_OWNS(user) && size != 0) {
        struct PoolClass *class = pool_class_of_live(user);
        if (class != NULL)
            return small_resize(user, size, class);
    }
    if (user == NULL)
        return quick_malloc(size);
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
    pool_copy(moved, user, *old < size ? *old : size);
    pool_free_moved(user);
    return moved;
}

/* What crt_resize does, in fewer steps, for a small block that becomes another small one. */
static void *small_resize(void *user, size_t size, struct PoolClass *class) {
    uint32_t old = POOL_HEADER_OF(user)->size;
    size_t room = pool_roomy(size, old);
    void *moved;

    if (pool_class_keeps(class, size, old, 0)) {
        pool_header_write(user, (uint32_t)size, class->code, POOL_MAGIC_LIVE);
        return user;
    }
    moved = quick_malloc(room);
    if (moved == NULL)
        return NULL;
    if (room != size)
        moved = cut_to(moved, size);
    pool_copy(moved, user, old < size ? old : size);
    replace_free(user);
    pool_count_moved();
    return moved;
}

/* A new block with less than it was asked for. The heap behind the pool must know, too: Windows
 * programs ask it how long a block is, and what they add to it is zeroed from there. */
static void *cut_to(void *user, size_t size) {
    void *cut;

    if (!POOL_OWNS(user)) {
        cut = ORIGINAL(CrtRealloc, realloc)(user, size);
        return cut != NULL ? cut : user;
    }
    pool_header_write(user, (uint32_t)size, POOL_CODE_IN(POOL_HEADER_OF(user), user),
                      POOL_MAGIC_LIVE);
    return user;
}

static void *resize_target(size_t size, size_t old) {
    size_t room = pool_roomy(size, old);
    void *user = NULL;

    if (POOL_ACTIVE && room != size)
        user = pool_alloc_roomy(size, room);
    return user != NULL ? user : quick_malloc(size);
}

/* Below which a request may take the hot path, sampled or not. */
static size_t quick_limit(void) {
    return POOL_LOAD(POOL_STATE->hot_limit) | POOL_LOAD(POOL_STATE->sampled_limit);
}

/* malloc without looking who asks. */
static void *quick_malloc(size_t size) {
    return size < quick_limit() ? crt_malloc_small(size) : crt_malloc_cold(size);
}

void crt_count_realloc(void) {
    struct PoolCache *cache = pool_cache_enter();

    POOL_COUNT_OWN(cache->reallocs);
    pool_cache_leave(cache);
}

void *crt_fallback(void *served) {
    struct PoolCache *cache;

    if (served == NULL)
        pool_set_errno(POOL_ENOMEM); /* not every calloc does, Wine's for one */
    else if (!POOL_OWNS(served)) {
        cache = pool_cache_enter();
        if (cache->asked == 0)
            POOL_COUNT(POOL_STATE->events.fallback_allocs);
        pool_cache_leave(cache);
    }
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
