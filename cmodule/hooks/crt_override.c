/* SPDX-License-Identifier: MIT */
#include "crt_override.h"
#include "crt.h"

#ifdef POOLNV_CRT_OVERRIDDEN

void *replace_memalign(size_t alignment, size_t size);
void *replace_aligned_alloc(size_t alignment, size_t size);
void *replace_valloc(size_t size);
void *replace_pvalloc(size_t size);
void *replace_reallocarray(void *user, size_t count, size_t size);
int replace_posix_memalign(void **out, size_t alignment, size_t size);
size_t replace_malloc_usable_size(void *user);

/* Threads that share a cache share the answer: then requests that the pool could serve may go to
 * the C library. */
static int is_in_overriding(void) {
    struct PoolCache *cache = POOL_THREAD_CACHE();

    if (cache == POOL_CACHE(POOL_CACHE_DEPARTED))
        cache = POOL_CACHE(POOL_CACHE_SHARED);
    return POOL_LOAD(cache->in_original) != 0;
}

/* ---- the C library ---- */

#define LIBRARY_ALLOCATES(name, parameters, arguments)                                             \
    void *crt_library_##name parameters {                                                          \
        if (is_in_overriding())                                                                    \
            return UNHOOKED(void *(*)parameters, name) arguments;                                  \
        return replace_##name arguments;                                                           \
    }
POOL_ALLOCATING_LINUX(LIBRARY_ALLOCATES)

/* The overriding allocator may have pool blocks of its own, from calls outside of its family. */
#define LIBRARY_RESIZES(name, parameters, arguments)                                               \
    void *crt_library_##name parameters {                                                          \
        if (!POOL_OWNS(user) && is_in_overriding())                                                \
            return UNHOOKED(void *(*)parameters, name) arguments;                                  \
        return replace_##name arguments;                                                           \
    }
POOL_RESIZING_LINUX(LIBRARY_RESIZES)

void crt_library_free(void *user) {
    if (!POOL_OWNS(user) && is_in_overriding())
        UNHOOKED(CrtFree, free)(user);
    else
        replace_free(user);
}

int crt_library_posix_memalign(void **out, size_t alignment, size_t size) {
    if (is_in_overriding())
        return UNHOOKED(int (*)(void **, size_t, size_t), posix_memalign)(out, alignment, size);
    return replace_posix_memalign(out, alignment, size);
}

size_t crt_library_malloc_usable_size(void *user) {
    return POOL_OWNS(user) ? replace_malloc_usable_size(user)
                           : UNHOOKED(CrtSize, malloc_usable_size)(user);
}

/* ---- what overrides it ---- */

#ifdef POOLNV_CRT_OVERRIDING

static void enter_overriding(void) {
    struct PoolCache *cache = pool_cache_enter();

    POOL_STORE(cache->in_original, cache->in_original + 1);
    pool_cache_leave(cache);
}

static void leave_overriding(void) {
    struct PoolCache *cache = pool_cache_enter();

    if (cache->in_original != 0) /* a child has reset it, if the cache is shared */
        POOL_STORE(cache->in_original, cache->in_original - 1);
    pool_cache_leave(cache);
}

#define CALL_OVERRIDING(name, parameters, arguments)                                               \
    void *crt_overriding_##name parameters {                                                       \
        void *result;                                                                              \
                                                                                                   \
        enter_overriding();                                                                        \
        result = UNHOOKED(void *(*)parameters, name) arguments;                                    \
        leave_overriding();                                                                        \
        return result;                                                                             \
    }
POOL_ALLOCATING_LINUX(CALL_OVERRIDING)
POOL_RESIZING_LINUX(CALL_OVERRIDING)

void crt_overriding_free(void *user) {
    enter_overriding();
    UNHOOKED(CrtFree, free)(user);
    leave_overriding();
}

int crt_overriding_posix_memalign(void **out, size_t alignment, size_t size) {
    int status;

    enter_overriding();
    status = UNHOOKED(int (*)(void **, size_t, size_t), posix_memalign)(out, alignment, size);
    leave_overriding();
    return status;
}

size_t crt_overriding_malloc_usable_size(void *user) {
    return UNHOOKED(CrtSize, malloc_usable_size)(user);
}

#endif
#endif
