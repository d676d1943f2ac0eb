/* SPDX-License-Identifier: MIT */
/* The entry points of every C runtime. Pool pointers go to the pool, foreign ones to the original;
 * requests go to the original if the pool is full or off. */
#include "crt.h"

static void *large_calloc(size_t count, size_t size);
static size_t fast_path_limit(void);
static void *malloc_unsampled(size_t size);
static void *resize_target(size_t size, size_t old);
static void *small_resize(void *user, size_t size, struct PoolClass *class);
static void *shrink_to(void *user, size_t size);

#ifdef POOL_FAST
void *crt_malloc_due(size_t size) {
    SAMPLE_DUE(size);
    return crt_malloc_slow(size);
}
#else
void *replace_malloc(size_t size) {
    SAMPLE_CALL(size);
    return crt_malloc_slow(size);
}
#endif

void *crt_malloc_slow(size_t size) {
    void *user;

    if (!POOL_ACTIVE)
        return ORIGINAL(CrtAlloc, malloc)(size);
    user = POOL_ALLOC(size);
    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtAlloc, malloc)(size));
}

void SLOW(free)(void *user) {
    struct PoolCache *cache;

    if (POOL_OWNS(user)) {
        pool_free(user);
        return;
    }
    cache = pool_cache_enter_to_free();
    if (cache->in_original == 0)
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
    if (bytes < POOL_LOAD(POOL_STATE->fast_limit)) {
        user = replace_malloc(bytes);
    } else {
        SAMPLE_CALL(bytes);
        if (bytes >= POOL_LOAD(POOL_STATE->sampled_limit))
            return large_calloc(count, size);
        user = crt_malloc_small(bytes);
    }
    if (user != NULL)
        pool_zero(user, bytes);
    return user;
}

/* The pool is active, and the product does not overflow. */
static void *large_calloc(size_t count, size_t size) {
    void *user = pool_alloc_zeroed(count * size);

    if (user != NULL)
        return user;
    return crt_fallback(ORIGINAL(CrtCalloc, calloc)(count, size));
}

void *SLOW(realloc)(void *user, size_t size) {
    void *moved;

    crt_count_realloc();
    moved = crt_realloc_uncounted(user, size);
    SAMPLE_MOVED(user, moved, size);
    return moved;
}

#ifdef POOL_FAST
void *crt_realloc_small(void *user, size_t size) {
    uint32_t page_class = POOL_LOAD(POOL_PAGE_CLASSES[POOL_PAGE_OF_HEADER(user)]);

    crt_count_realloc();
    return small_resize(user, size, &POOL_STATE->classes[page_class - 1]);
}
#endif

void *crt_realloc_uncounted(void *user, size_t size) {
    size_t old;

    if (size < fast_path_limit() && POOL_OWNS(user) && size != 0) {
        struct PoolClass *class = pool_class_of_live(user);
        if (class != NULL)
            return small_resize(user, size, class);
    }
    if (user == NULL)
        return malloc_unsampled(size);
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
    if (verdict == POOL_CORRUPT) { /* the size is not trustworthy, so nothing is copied */
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

/* crt_resize in fewer steps, for a small block that stays small. */
static void *small_resize(void *user, size_t size, struct PoolClass *class) {
    uint32_t old = POOL_HEADER_OF(user)->size;
    size_t capacity = pool_growth_capacity(size, old);
    void *moved;

    if (pool_fits_in_place(class, size, old, 0)) {
        pool_header_write(user, (uint32_t)size, class->class_key, POOL_MAGIC_LIVE);
        return user;
    }
    moved = malloc_unsampled(capacity);
    if (moved == NULL)
        return NULL;
    if (capacity != size)
        moved = shrink_to(moved, size);
    pool_copy(moved, user, old < size ? old : size);
    replace_free(user);
    pool_count_moved();
    return moved;
}

/* Reduces a new block to the requested size. A block of the original heap must be shrunk too, since
 * Windows programs ask that heap for its size and zero what they add from there. */
static void *shrink_to(void *user, size_t size) {
    void *cut;

    if (!POOL_OWNS(user)) {
        cut = ORIGINAL(CrtRealloc, realloc)(user, size);
        return cut != NULL ? cut : user;
    }
    pool_header_write(user, (uint32_t)size, POOL_KEY_OF(POOL_HEADER_OF(user), user),
                      POOL_MAGIC_LIVE);
    return user;
}

static void *resize_target(size_t size, size_t old) {
    size_t capacity = pool_growth_capacity(size, old);
    void *user = NULL;

    if (POOL_ACTIVE && capacity != size)
        user = pool_alloc_with_capacity(size, capacity);
    return user != NULL ? user : malloc_unsampled(size);
}

/* Smaller requests may take the fast path, sampled or not. */
static size_t fast_path_limit(void) {
    return POOL_LOAD(POOL_STATE->fast_limit) | POOL_LOAD(POOL_STATE->sampled_limit);
}

/* malloc without sampling. */
static void *malloc_unsampled(size_t size) {
    return size < fast_path_limit() ? crt_malloc_small(size) : crt_malloc_slow(size);
}

void crt_count_realloc(void) {
    struct PoolCache *cache = pool_cache_enter();

    POOL_COUNT_OWN(cache->reallocs);
    pool_cache_leave(cache);
}

void *crt_fallback(void *served) {
    struct PoolCache *cache;

    if (served == NULL)
        pool_set_errno(POOL_ENOMEM); /* some originals do not, as Wine's calloc */
    else if (!POOL_OWNS(served)) {
        cache = pool_cache_enter();
        if (cache->in_original == 0)
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
