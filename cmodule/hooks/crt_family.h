/* SPDX-License-Identifier: MIT */
/* The functions that allocate, free, resize or measure, by operating system: hooked together or not
 * at all. Row: X(name, needed). The replacement is replace_<name>; ORIGINAL_<name> is the address
 * that calls the unhooked function, 0 if this C runtime has none. The pool can't serve a runtime
 * without a `needed` function. */
#ifndef POOLNV_CRT_FAMILY_H
#define POOLNV_CRT_FAMILY_H

#define POOL_CRT_COMMON(X)                                                                         \
    X(malloc, 1)                                                                                   \
    X(free, 1)                                                                                     \
    X(calloc, 1)                                                                                   \
    X(realloc, 1)

#define POOL_CRT_LINUX(X)                                                                          \
    X(malloc_usable_size, 1)                                                                       \
    X(memalign, 0)                                                                                 \
    X(posix_memalign, 1)                                                                           \
    X(aligned_alloc, 0)                                                                            \
    X(valloc, 0)                                                                                   \
    X(pvalloc, 0)                                                                                  \
    X(reallocarray, 0)

#define POOL_CRT_WINDOWS(X)                                                                        \
    X(_msize, 1)                                                                                   \
    X(_recalloc, 0)                                                                                \
    X(_expand, 1)                                                                                  \
    X(_aligned_malloc, 0)                                                                          \
    X(_aligned_free, 0)                                                                            \
    X(_aligned_realloc, 0)                                                                         \
    X(_aligned_recalloc, 0)                                                                        \
    X(_aligned_msize, 0)                                                                           \
    X(_aligned_offset_malloc, 0)                                                                   \
    X(_aligned_offset_realloc, 0)                                                                  \
    X(_aligned_offset_recalloc, 0)                                                                 \
    X(_malloc_base, 0)                                                                             \
    X(_free_base, 0)                                                                               \
    X(_calloc_base, 0)                                                                             \
    X(_realloc_base, 0)                                                                            \
    X(_msize_base, 0)                                                                              \
    X(_recalloc_base, 0)                                                                           \
    X(_expand_base, 0)

/* Functions of the system's heap that a C runtime of Windows imports. Row: X(name, inner), two
 * names of one function: kernel32's and ntdll's. A slot of either leads to import_<name>;
 * ORIGINAL_<name> is the address that was in the slot, 0 if the runtime imports neither. */
#define POOL_HEAP_IMPORTS(X)                                                                       \
    X(HeapSize, RtlSizeHeap)                                                                       \
    X(HeapFree, RtlFreeHeap)                                                                       \
    X(HeapReAlloc, RtlReAllocateHeap)

#endif
