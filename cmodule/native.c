/* SPDX-License-Identifier: MIT */
/* The whole pool as one native translation unit, for tests: the sources in the order of
 * tools/embed-c.mjs on platform/native.h, a small CRT of the Windows kind whose aligned functions
 * call the hooked malloc but free without the hooked free, as Wine's do, and native_open. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define POOL_CHECK 1

#include <stdio.h>

#include "pool/header.c"
#include "pool/size_class.c"
#include "pool/usage.c"
#include "pool/lock.c"
#include "pool/segments.c"
#include "pool/page_heap.c"
#include "pool/span.c"
#include "pool/magazine.c"
#include "pool/thread_cache.c"
#include "pool/large.c"
#include "pool/quarantine.c"
#include "pool/block.c"
#include "pool/bump.c"
#include "pool/pool.c"
#include "pool/stats.c"
#include "pool/sampler.c"
#include "hooks/crt.c"
#include "hooks/crt_linux.c"
#include "hooks/crt_override.c"
#include "hooks/fork_linux.c"
#include "hooks/crt_windows.c"
#include "hooks/heap_imports.c"
#include "hooks/thiscall_i386.c"
#include "hooks/game_heap.c"
#include "hooks/scrap_chunk.c"
#include "hooks/scrap_heap.c"
#include "hooks/fast_i386.c"
#include "hooks/fast_x64.c"
#include "hooks/game_heap_i386.c"
#include "hooks/scrap_heap_i386.c"
#include "pool/check.c"

volatile uint32_t native_commits_left = 0xFFFFFFFFu;
size_t native_largest_decommit;
size_t native_region_bytes;
#ifdef POOLNV_SEGMENTED
uint8_t native_taken[256];
#endif
__thread void *native_slot;
pthread_key_t native_exit_key;

uintptr_t native_control, native_region;
static uintptr_t native_reserved;

#ifdef NATIVE_FAST
#define NATIVE_CONTROL POOLNV_CONTROL
#define NATIVE_REGION  POOLNV_REGION
#define NATIVE_FIXED   MAP_FIXED_NOREPLACE
#else
#define NATIVE_CONTROL 0
#define NATIVE_REGION  0
#define NATIVE_FIXED   0
#endif

/* ---- the original C runtime ---- */

/* Some C libraries accept sizes above PTRDIFF_MAX. */
void *native_malloc(size_t size) {
    if (size <= PTRDIFF_MAX)
        return malloc(size);
    errno = ENOMEM;
    return NULL;
}

int native_posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    return posix_memalign(out, alignment, size);
}

void *native_calloc(size_t count, size_t size) { return calloc(count, size); }

void *native_valloc(size_t size) { return memalign(4096, size); }

void *native_pvalloc(size_t size) { return memalign(4096, (size + 4095) & ~(size_t)4095); }

/* Zeroes the bytes that a block has gained. */
static void *native_zero_end(void *user, size_t old, size_t size) {
    if (user != NULL && size > old)
        memset((char *)user + old, 0, size - old);
    return user;
}

/* ThreadSanitizer reports one usable byte for a block of none, and then objects to its use. */
void *native_expand(void *user, size_t size) {
    size_t usable = malloc_usable_size(user);

    return usable > 1 && size <= usable ? user : NULL;
}

/* The word in front of an aligned block that points to the enclosing block. */
static void **native_outer_slot(void *user) {
    return (void **)(((uintptr_t)user - sizeof(void *)) & ~(uintptr_t)(sizeof(void *) - 1));
}

void *native_offset_malloc(size_t size, size_t alignment, size_t offset) {
    char *outer_block, *user;

    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || (offset != 0 && offset >= size)) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    outer_block = replace_malloc(size + alignment + sizeof(void *));
    if (outer_block == NULL)
        return NULL;
    user = (char *)((((uintptr_t)outer_block + sizeof(void *) + alignment + offset) &
                     ~(alignment - 1)) -
                    offset);
    *native_outer_slot(user) = outer_block;
    return user;
}

void *native_aligned_malloc(size_t size, size_t alignment) {
    return native_offset_malloc(size, alignment, 0);
}

/* As in Wine: calls free, not the hooked one, though it called the hooked malloc. */
void native_aligned_free(void *user) {
    if (user != NULL)
        free(*native_outer_slot(user));
}

size_t native_aligned_msize(void *user, size_t alignment, size_t offset) {
    (void)offset;
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    return replace__msize(*native_outer_slot(user)) - alignment - sizeof(void *);
}

void *native_offset_realloc(void *user, size_t size, size_t alignment, size_t offset) {
    void *moved;
    size_t old;

    if (user != NULL && size == 0) {
        native_aligned_free(user);
        return NULL;
    }
    moved = native_offset_malloc(size, alignment, offset);
    if (moved == NULL || user == NULL)
        return moved;
    old = native_aligned_msize(user, alignment, offset);
    memcpy(moved, user, old < size ? old : size);
    native_aligned_free(user);
    return moved;
}

void *native_aligned_realloc(void *user, size_t size, size_t alignment) {
    return native_offset_realloc(user, size, alignment, 0);
}

void *native_offset_recalloc(void *user, size_t count, size_t size, size_t alignment,
                             size_t offset) {
    size_t old = user != NULL ? native_aligned_msize(user, alignment, offset) : 0;

    return native_zero_end(native_offset_realloc(user, count * size, alignment, offset), old,
                           count * size);
}

void *native_aligned_recalloc(void *user, size_t count, size_t size, size_t alignment) {
    return native_offset_recalloc(user, count, size, alignment, 0);
}

struct NativeHeapCalls native_heap_calls;

static void native_note_heap_call(void *heap, uint32_t flags) {
    native_heap_calls.count++;
    native_heap_calls.heap = heap;
    native_heap_calls.flags = flags;
}

size_t native_heap_size(void *heap, uint32_t flags, const void *user) {
    native_note_heap_call(heap, flags);
    return malloc_usable_size((void *)(uintptr_t)user);
}

int32_t native_heap_free(void *heap, uint32_t flags, void *user) {
    native_note_heap_call(heap, flags);
    free(user);
    return 1;
}

void *native_heap_realloc(void *heap, uint32_t flags, void *user, size_t size) {
    native_note_heap_call(heap, flags);
    return realloc(user, size);
}

/* The tests request invalid sizes on purpose. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "allocator_may_return_null=1"; }

/* ---- a pool to test ---- */

static size_t native_metadata_bytes(void) { return POOL_METADATA_BYTES; }

static void native_exit(void *value) { pool_thread_exit(value); }

/* No other thread may own a cache. */
static void native_close(void) {
    munmap((void *)native_reserved, native_region_bytes + 0x10000);
    munmap((void *)native_control, native_metadata_bytes());
    pool_os_set_slot(NULL, 1);
}

/* Settings of the next native_open. */
static size_t native_quarantine_bytes, native_prefault_bytes, native_arena_bytes[POOL_ARENAS];

/* A new, active pool of that many bytes; exits if there is no address space for it. */
void native_open(size_t region_bytes, enum PoolStrategy strategy);
void native_open(size_t region_bytes, enum PoolStrategy strategy) {
    struct PoolControl *control;
    size_t metadata, arena;
    void *region, *memory;

    if (native_control != 0)
        native_close();
    else
        pthread_key_create(&native_exit_key, native_exit);
    native_region_bytes = region_bytes;
    metadata = native_metadata_bytes();
    region = mmap((void *)NATIVE_REGION, region_bytes + 0x10000, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | NATIVE_FIXED, -1, 0);
    memory = mmap((void *)NATIVE_CONTROL, metadata, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | NATIVE_FIXED, -1, 0);
    if (region == MAP_FAILED || memory == MAP_FAILED) {
        perror("mmap");
        exit(2);
    }
    native_reserved = (uintptr_t)region;
    native_region = ((uintptr_t)region + 0xFFFF) & ~(uintptr_t)0xFFFF;
    native_control = (uintptr_t)memory;
    native_commits_left = 0xFFFFFFFFu;
    control = memory;
    control->region_base = native_region;
    control->region_bytes = region_bytes;
    control->requested_bytes = region_bytes;
    control->metadata_bytes = metadata;
    control->strategy = strategy;
    control->layers = POOL_LAYER_CRT | POOL_LAYER_GAMEHEAP | POOL_LAYER_SCRAPHEAP;
    control->quarantine_bytes = native_quarantine_bytes;
    control->prefault_bytes = native_prefault_bytes;
    for (arena = 0; arena < POOL_ARENAS; arena++)
        control->arena_bytes[arena] = native_arena_bytes[arena];
    control->active = 1;
    if (pool_init() != 0) {
        fprintf(stderr, "pool_init failed\n");
        exit(2);
    }
}
