/* SPDX-License-Identifier: MIT */
/* Shared by the entry points of one C runtime. The text is compiled once for each runtime, with its
 * own ORIGINAL_ macros and POOLNV_ERRNO; the pool is shared. All entries are cdecl. */
#ifndef POOLNV_CRT_H
#define POOLNV_CRT_H

#include "crt_family.h"
#include "crt_override.h"
#include "../pool/internal.h"

typedef void *(*CrtAlloc)(size_t);
typedef void (*CrtFree)(void *);
typedef void *(*CrtCalloc)(size_t, size_t);
typedef void *(*CrtRealloc)(void *, size_t);
typedef size_t (*CrtSize)(void *);

#define UNHOOKED(type, name) ((type)(uintptr_t)ORIGINAL_##name)
#ifdef POOLNV_CRT_OVERRIDING
#define ORIGINAL(type, name) ((type)crt_overriding_##name)
#else
#define ORIGINAL(type, name) UNHOOKED(type, name)
#endif

/* The _base functions of ucrtbase share the entries of the plain ones and so their originals: of
 * the two, the one that does the work, found by the agent (agent/install/innermost.ts). */

void *replace_malloc(size_t size);
void replace_free(void *user);
void *replace_calloc(size_t count, size_t size);
void *replace_realloc(void *user, size_t size);

/* Slow paths. With POOL_FAST the entry of the same name is in fast_*.c and jumps here. */
#ifdef POOL_FAST
#define SLOW(name) crt_##name##_slow
void crt_free_slow(void *user);
void *crt_realloc_slow(void *user, size_t size);

/* malloc of a request that is not below fast_limit when the countdown of the sampler has expired.
 * It also expires while sampling is off. */
void *crt_malloc_due(size_t size);

/* realloc of a live small block that does not fit its class, to a size below fast_limit that is not
 * 0. Not sampled, since fast_limit is 0 while calls are. */
void *crt_realloc_small(void *user, size_t size);

/* The fast path without sampling, for up to POOL_SMALL_MAX bytes of an active pool. */
void *crt_malloc_small(size_t size);
#else
#define SLOW(name)       replace_##name
#define crt_malloc_small crt_malloc_slow
#endif

/* malloc in C, without sampling. */
void *crt_malloc_slow(size_t size);

/* realloc in C, without sampling and without counting the call. */
void *crt_realloc_uncounted(void *user, size_t size);

/* Counts a call of realloc in the thread's own cache. */
void crt_count_realloc(void);

/* Counts a block that the original served because the pool could not, and returns it; sets errno if
 * it is NULL. An original may reach the pool again through a hooked function: that is no
 * fallback. */
void *crt_fallback(void *served);

/* A pool block with that alignment; NULL if the pool is off or full, or the size is invalid. */
void *crt_pool_aligned(size_t size, size_t alignment, size_t offset);

/* *bytes becomes count * size. On overflow it becomes 0, and not 0 is returned. */
int crt_product(size_t count, size_t size, size_t *bytes);

/* realloc of a live pool block to a size that is not 0, without counting the call. *old becomes its
 * former size. NULL: the block is unchanged, errno is set. */
void *crt_resize(void *user, size_t size, size_t *old);

#endif
