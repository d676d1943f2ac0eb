/* SPDX-License-Identifier: MIT */
/* Shared by the entry points of one C runtime. Each compilation serves one runtime: the ORIGINAL_
 * macros and POOLNV_ERRNO are its own, the pool behind is everybody's. All entries are cdecl. */
#ifndef POOLNV_CRT_H
#define POOLNV_CRT_H

#include "crt_family.h"
#include "pool.h"

typedef void *(*CrtAlloc)(size_t);
typedef void (*CrtFree)(void *);
typedef void *(*CrtCalloc)(size_t, size_t);
typedef void *(*CrtRealloc)(void *, size_t);
typedef size_t (*CrtSize)(void *);

#define ORIGINAL(type, name) ((type)(uintptr_t)ORIGINAL_##name)

/* The _base functions of ucrtbase share the plain ones' entries and so their originals: whichever
 * of the two does the work, found by the agent (agent/core/innermost.ts). */

void *replace_malloc(size_t size);
void replace_free(void *user);
void *replace_calloc(size_t count, size_t size);
void *replace_realloc(void *user, size_t size);

/* Where hot_*.c has the entry of the same name, it ends in these for whatever is not plain. */
#ifdef POOL_HOT
#define COLD(name) crt_##name##_cold
void crt_free_cold(void *user);
void *crt_realloc_cold(void *user, size_t size);

/* malloc of a request that is not below hot_limit, where the countdown of callers has run out: it
 * goes on while none are sampled. */
void *crt_malloc_due(size_t size);

/* The hot path without looking who asks, for requests up to POOL_SMALL_MAX of an active pool. */
void *crt_malloc_small(size_t size);
#else
#define COLD(name)       replace_##name
#define crt_malloc_small crt_malloc_cold
#endif

/* malloc, in C, without looking who asks. */
void *crt_malloc_cold(size_t size);

/* realloc, likewise, and without counting the call. */
void *crt_realloc_uncounted(void *user, size_t size);

/* Counts a call of realloc in the thread's own cache. */
void crt_count_realloc(void);

/* Counts what the original served because the pool could not; the pointer itself, with errno where
 * it is NULL. (An original may reach the pool again through a hooked function of its own: that is
 * no fallback.) */
void *crt_fallback(void *served);

/* A pool block with that alignment, or NULL: inactive, full, or nonsense. */
void *crt_pool_aligned(size_t size, size_t alignment, size_t offset);

/* count * size, or 0 in *bytes and not 0 returned when that does not fit. */
int crt_product(size_t count, size_t size, size_t *bytes);

/* realloc of a live pool block to a size that is not 0, without counting the call. *old becomes the
 * size it had. NULL: the block is untouched, errno is set. */
void *crt_resize(void *user, size_t size, size_t *old);

#endif
