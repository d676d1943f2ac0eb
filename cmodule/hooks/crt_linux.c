/* SPDX-License-Identifier: MIT */
/* The entry points of glibc and musl beyond the common ones. Invalid arguments go to the original,
 * which rejects them as programs expect. */
#include "crt.h"

#ifdef POOLNV_CRT_LINUX

#define LINUX_PAGE 4096u

typedef void *(*CrtAligned)(size_t, size_t);
typedef int (*CrtPosixMemalign)(void **, size_t, size_t);

static int is_power(size_t alignment) {
    return alignment != 0 && (alignment & (alignment - 1)) == 0;
}

/* For alignments that malloc has anyway the original memalign is not used: glibc's calls malloc,
 * which is hooked, so that the fallback would be counted twice. NULL if malloc gives less, or no
 * memory. */
static void *memalign_fallback(size_t alignment, size_t size) {
    void *user;

    if (alignment > 16)
        return NULL;
    user = ORIGINAL(CrtAlloc, malloc)(size);
    if (((uintptr_t)user & (alignment - 1)) == 0)
        return crt_fallback(user);
    ORIGINAL(CrtFree, free)(user);
    return NULL;
}

/* A block of the pool, else of the original, counted as a fallback. */
static void *memalign_any(CrtAligned original, size_t alignment, size_t size) {
    void *user;

    if (!POOL_ACTIVE || !is_power(alignment))
        return original(alignment, size);
    user = pool_alloc_aligned(size, alignment, 0);
    if (user == NULL)
        user = memalign_fallback(alignment, size);
    return user != NULL ? user : crt_fallback(original(alignment, size));
}

/* Exactly the requested size, so that programs do not use bytes that realloc would not copy. */
size_t replace_malloc_usable_size(void *user) {
    size_t size;

    if (!POOL_OWNS(user))
        return ORIGINAL(CrtSize, malloc_usable_size)(user);
    return pool_size(user, &size) == POOL_OK ? size : 0;
}

void *replace_memalign(size_t alignment, size_t size) {
    SAMPLE_CALL(size);
    return memalign_any(ORIGINAL(CrtAligned, memalign), alignment, size);
}

void *replace_aligned_alloc(size_t alignment, size_t size) {
    SAMPLE_CALL(size);
    return memalign_any(ORIGINAL(CrtAligned, aligned_alloc), alignment, size);
}

int replace_posix_memalign(void **out, size_t alignment, size_t size) {
    void *user;
    int status;

    if (!POOL_ACTIVE || !is_power(alignment) || alignment % sizeof(void *) != 0)
        return ORIGINAL(CrtPosixMemalign, posix_memalign)(out, alignment, size);
    SAMPLE_CALL(size);
    user = pool_alloc_aligned(size, alignment, 0);
    if (user == NULL)
        user = memalign_fallback(alignment, size);
    if (user != NULL) {
        *out = user;
        return 0;
    }
    status = ORIGINAL(CrtPosixMemalign, posix_memalign)(out, alignment, size);
    if (status == 0)
        crt_fallback(*out);
    return status;
}

void *replace_valloc(size_t size) {
    void *user;

    if (!POOL_ACTIVE)
        return ORIGINAL(CrtAlloc, valloc)(size);
    SAMPLE_CALL(size);
    user = pool_alloc_aligned(size, LINUX_PAGE, 0);
    return user != NULL ? user : crt_fallback(ORIGINAL(CrtAlloc, valloc)(size));
}

void *replace_pvalloc(size_t size) {
    size_t bytes = (size + LINUX_PAGE - 1) & ~(size_t)(LINUX_PAGE - 1);
    void *user;

    if (!POOL_ACTIVE || bytes < size)
        return ORIGINAL(CrtAlloc, pvalloc)(size);
    SAMPLE_CALL(bytes);
    user = pool_alloc_aligned(bytes, LINUX_PAGE, 0);
    return user != NULL ? user : crt_fallback(ORIGINAL(CrtAlloc, pvalloc)(size));
}

void *replace_reallocarray(void *user, size_t count, size_t size) {
    size_t bytes;
    void *moved;

    crt_count_realloc();
    if (crt_product(count, size, &bytes)) {
        pool_set_errno(POOL_ENOMEM);
        return NULL;
    }
    moved = crt_realloc_uncounted(user, bytes);
    SAMPLE_MOVED(user, moved, bytes);
    return moved;
}

#endif
