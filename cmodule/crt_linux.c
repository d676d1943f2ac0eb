/* SPDX-License-Identifier: MIT */
/* The entry points that glibc and musl have beyond the common ones. Wrong arguments go to the
 * original, which refuses them the way its users know. */
#include "crt.h"

#ifdef POOLNV_CRT_LINUX

#define LINUX_PAGE 4096u

typedef void *(*CrtAligned)(size_t, size_t);
typedef int (*CrtPosixMemalign)(void **, size_t, size_t);

static int is_power(size_t alignment) {
    return alignment != 0 && (alignment & (alignment - 1)) == 0;
}

/* malloc's own alignment is not left to the original of memalign: glibc's would ask malloc, which
 * is ours, so that the pool were asked and the fallback counted a second time. NULL where malloc
 * gives less or nothing. */
static void *fall_back_plainly(size_t alignment, size_t size) {
    void *user;

    if (alignment > 16)
        return NULL;
    user = ORIGINAL(CrtAlloc, malloc)(size);
    if (((uintptr_t)user & (alignment - 1)) == 0)
        return crt_fallback(user);
    ORIGINAL(CrtFree, free)(user);
    return NULL;
}

/* A block of the pool or, counted, of the original. */
static void *memalign_any(CrtAligned original, size_t alignment, size_t size) {
    void *user;

    if (!POOL_ACTIVE || !is_power(alignment))
        return original(alignment, size);
    user = pool_alloc_aligned(size, alignment, 0);
    if (user == NULL)
        user = fall_back_plainly(alignment, size);
    return user != NULL ? user : crt_fallback(original(alignment, size));
}

/* Exactly what was asked for, so that nobody uses bytes that realloc would not copy. */
size_t replace_malloc_usable_size(void *user) {
    size_t size;

    if (!POOL_OWNS(user))
        return ORIGINAL(CrtSize, malloc_usable_size)(user);
    return pool_size(user, &size) == POOL_OK ? size : 0;
}

void *replace_memalign(size_t alignment, size_t size) {
    CALLERS_ASKED(size);
    return memalign_any(ORIGINAL(CrtAligned, memalign), alignment, size);
}

void *replace_aligned_alloc(size_t alignment, size_t size) {
    CALLERS_ASKED(size);
    return memalign_any(ORIGINAL(CrtAligned, aligned_alloc), alignment, size);
}

int replace_posix_memalign(void **out, size_t alignment, size_t size) {
    void *user;
    int status;

    if (!POOL_ACTIVE || !is_power(alignment) || alignment % sizeof(void *) != 0)
        return ORIGINAL(CrtPosixMemalign, posix_memalign)(out, alignment, size);
    CALLERS_ASKED(size);
    user = pool_alloc_aligned(size, alignment, 0);
    if (user == NULL)
        user = fall_back_plainly(alignment, size);
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
    CALLERS_ASKED(size);
    user = pool_alloc_aligned(size, LINUX_PAGE, 0);
    return user != NULL ? user : crt_fallback(ORIGINAL(CrtAlloc, valloc)(size));
}

void *replace_pvalloc(size_t size) {
    size_t bytes = (size + LINUX_PAGE - 1) & ~(size_t)(LINUX_PAGE - 1);
    void *user;

    if (!POOL_ACTIVE || bytes < size)
        return ORIGINAL(CrtAlloc, pvalloc)(size);
    CALLERS_ASKED(bytes);
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
    CALLERS_MOVED(user, moved, bytes);
    return moved;
}

#endif
