/* SPDX-License-Identifier: MIT */
/* The system's heap functions, as a C runtime of Windows imports them.
 *
 * A runtime also calls them with blocks that it got from its own, hooked functions: since
 * 10.0.19041 Microsoft's _recalloc measures a block by HeapSize, not by _msize, and Wine's
 * _aligned_free frees by HeapFree, not by free. The system's heap would read its own header in
 * front of a block of the pool. So the runtime's import slots lead here. All are stdcall.
 *
 * The handle of the heap does not matter: a block of the pool is in no heap. */
#include "crt.h"

#ifdef POOLNV_CRT_WINDOWS

/* winnt.h */
#define HEAP_ZERO_MEMORY           0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010

typedef size_t(POOL_STDCALL *HeapSizeOf)(void *, uint32_t, const void *);
typedef int32_t(POOL_STDCALL *HeapFreeOf)(void *, uint32_t, void *);
typedef void *(POOL_STDCALL *HeapReAllocOf)(void *, uint32_t, void *, size_t);

/* (SIZE_T)-1 is the answer to a block that is none. Neither sets the last error. */
size_t POOL_STDCALL import_HeapSize(void *heap, uint32_t flags, const void *user) {
    size_t size;

    if (!POOL_OWNS(user))
        return ORIGINAL(HeapSizeOf, HeapSize)(heap, flags, user);
    return pool_size(user, &size) == POOL_OK ? size : (size_t)-1;
}

/* TRUE for every block of the pool: what is wrong with one is counted, as in free. */
int32_t POOL_STDCALL import_HeapFree(void *heap, uint32_t flags, void *user) {
    if (!POOL_OWNS(user))
        return ORIGINAL(HeapFreeOf, HeapFree)(heap, flags, user);
    pool_free(user);
    return 1;
}

/* A size of 0 leaves a block of no bytes, unlike realloc. NULL: the block is unchanged.
 * HEAP_GENERATE_EXCEPTIONS is not supported for blocks of the pool; no C runtime sets it. */
void *POOL_STDCALL import_HeapReAlloc(void *heap, uint32_t flags, void *user, size_t size) {
    size_t old;
    void *moved;

    if (!POOL_OWNS(user))
        return ORIGINAL(HeapReAllocOf, HeapReAlloc)(heap, flags, user, size);
    if ((flags & HEAP_REALLOC_IN_PLACE_ONLY) != 0) {
        moved = pool_resize(user, size, &old, 1) == POOL_OK ? user : NULL;
    } else {
        crt_count_realloc();
        moved = crt_resize(user, size, &old);
        SAMPLE_MOVED(user, moved, size);
    }
    if (moved != NULL && (flags & HEAP_ZERO_MEMORY) != 0 && size > old)
        pool_zero((char *)moved + old, size - old);
    return moved;
}

#endif
