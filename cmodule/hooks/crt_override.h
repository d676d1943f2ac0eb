/* SPDX-License-Identifier: MIT */
/* Functions of a Linux program or of a preloaded library that override those of the C library, and
 * may be built on them. Both are hooked, each by its own copy of the code:
 *
 *   POOLNV_CRT_OVERRIDING  in the copy of the functions that the program calls
 *   POOLNV_CRT_OVERRIDDEN  in both copies
 *
 * While a thread is in the original of an overriding function, the functions of the C library do
 * for it what they did before: what they hand out then may become part of a block of the overriding
 * allocator, with a header in front, which its functions must see again. And the call has been
 * counted. */
#ifndef POOLNV_CRT_OVERRIDE_H
#define POOLNV_CRT_OVERRIDE_H

#include <stddef.h>

/* X(name, parameters, arguments) for the functions that return a pointer. */
#define POOL_ALLOCATING_LINUX(X)                                                                   \
    X(malloc, (size_t size), (size))                                                               \
    X(calloc, (size_t count, size_t size), (count, size))                                          \
    X(memalign, (size_t alignment, size_t size), (alignment, size))                                \
    X(aligned_alloc, (size_t alignment, size_t size), (alignment, size))                           \
    X(valloc, (size_t size), (size))                                                               \
    X(pvalloc, (size_t size), (size))

/* The same for those that are given a block. */
#define POOL_RESIZING_LINUX(X)                                                                     \
    X(realloc, (void *user, size_t size), (user, size))                                            \
    X(reallocarray, (void *user, size_t count, size_t size), (user, count, size))

/* The originals of the overriding functions, called so that the C library knows of it. */
#define DECLARE_POINTER(name, parameters, arguments) void *crt_overriding_##name parameters;
POOL_ALLOCATING_LINUX(DECLARE_POINTER)
POOL_RESIZING_LINUX(DECLARE_POINTER)
#undef DECLARE_POINTER
void crt_overriding_free(void *user);
int crt_overriding_posix_memalign(void **out, size_t alignment, size_t size);
size_t crt_overriding_malloc_usable_size(void *user);

/* Entries of the functions of the C library. */
#define DECLARE_POINTER(name, parameters, arguments) void *crt_library_##name parameters;
POOL_ALLOCATING_LINUX(DECLARE_POINTER)
POOL_RESIZING_LINUX(DECLARE_POINTER)
#undef DECLARE_POINTER
void crt_library_free(void *user);
int crt_library_posix_memalign(void **out, size_t alignment, size_t size);
size_t crt_library_malloc_usable_size(void *user);

#endif
