/* SPDX-License-Identifier: MIT */
/* The whole pool as one native translation unit, for tests: the same sources in the same order,
 * with platform_native.h below and the C library of the test program as the original. The entry
 * points of both operating systems are there, on top of a small CRT of the Windows kind whose
 * aligned functions call the hooked malloc, but free without the hooked free, as Wine's do. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define POOLNV_NATIVE      1
#define POOL_CHECK         1
#define POOLNV_CRT_LINUX   1
#define POOLNV_CRT_WINDOWS 1

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uintptr_t native_control, native_region, native_reserved;
static size_t native_region_bytes;
volatile uint32_t native_commits_left = 0xFFFFFFFFu;
#ifdef POOLNV_SEGMENTED
uint8_t native_taken[256]; /* by segment: 1 where somebody else is */
#endif
__thread void *native_slot;
pthread_key_t native_exit_key;

/* The hot path has the addresses in its text. */
#ifdef NATIVE_HOT
#ifndef __x86_64__
#define POOLNV_CONTROL 0x20000000
#define POOLNV_REGION  0x30000000
#else
#define POOLNV_CONTROL 0x200000000000
#define POOLNV_REGION  0x210000000000
#endif
#define NATIVE_CONTROL POOLNV_CONTROL
#define NATIVE_REGION  POOLNV_REGION
#define NATIVE_FIXED   MAP_FIXED_NOREPLACE
#else
#define POOLNV_CONTROL native_control
#define POOLNV_REGION  native_region
#define NATIVE_CONTROL 0
#define NATIVE_REGION  0
#define NATIVE_FIXED   0
#endif
#define POOLNV_REGION_BYTES native_region_bytes

#define ORIGINAL_malloc                   ((uintptr_t)native_malloc)
#define ORIGINAL_free                     ((uintptr_t)free)
#define ORIGINAL_calloc                   ((uintptr_t)native_calloc)
#define ORIGINAL_realloc                  ((uintptr_t)realloc)
#define ORIGINAL_malloc_usable_size       ((uintptr_t)malloc_usable_size)
#define ORIGINAL_memalign                 ((uintptr_t)memalign)
#define ORIGINAL_posix_memalign           ((uintptr_t)native_posix_memalign)
#define ORIGINAL_aligned_alloc            ((uintptr_t)memalign)
#define ORIGINAL_valloc                   ((uintptr_t)native_valloc)
#define ORIGINAL_pvalloc                  ((uintptr_t)native_pvalloc)
#define ORIGINAL__msize                   ((uintptr_t)malloc_usable_size)
#define ORIGINAL__expand                  ((uintptr_t)native_expand)
#define ORIGINAL__aligned_malloc          ((uintptr_t)native_aligned_malloc)
#define ORIGINAL__aligned_free            ((uintptr_t)native_aligned_free)
#define ORIGINAL__aligned_realloc         ((uintptr_t)native_aligned_realloc)
#define ORIGINAL__aligned_recalloc        ((uintptr_t)native_aligned_recalloc)
#define ORIGINAL__aligned_msize           ((uintptr_t)native_aligned_msize)
#define ORIGINAL__aligned_offset_malloc   ((uintptr_t)native_offset_malloc)
#define ORIGINAL__aligned_offset_realloc  ((uintptr_t)native_offset_realloc)
#define ORIGINAL__aligned_offset_recalloc ((uintptr_t)native_offset_recalloc)
#define ORIGINAL__malloc_base             0
#define ORIGINAL__free_base               0
#define ORIGINAL__calloc_base             0
#define ORIGINAL__realloc_base            0
#define ORIGINAL__msize_base              0
#define ORIGINAL__recalloc_base           0
#define ORIGINAL__expand_base             0

static void *native_malloc(size_t size);
static void *native_calloc(size_t count, size_t size);
static int native_posix_memalign(void **out, size_t alignment, size_t size);
static void *native_valloc(size_t size);
static void *native_pvalloc(size_t size);
static void *native_expand(void *user, size_t size);
static void *native_aligned_malloc(size_t size, size_t alignment);
static void native_aligned_free(void *user);
static void *native_aligned_realloc(void *user, size_t size, size_t alignment);
static void *native_aligned_recalloc(void *user, size_t count, size_t size, size_t alignment);
static size_t native_aligned_msize(void *user, size_t alignment, size_t offset);
static void *native_offset_malloc(size_t size, size_t alignment, size_t offset);
static void *native_offset_realloc(void *user, size_t size, size_t alignment, size_t offset);
static void *native_offset_recalloc(void *user, size_t count, size_t size, size_t alignment,
                                    size_t offset);

#include "size_class.c"
#include "segments.c"
#include "pages.c"
#include "span.c"
#include "cache.c"
#include "callers.c"
#include "large.c"
#include "quarantine.c"
#include "block.c"
#include "bump.c"
#include "pool.c"
#include "accounts.c"
#include "lock.c"
#include "crt.c"
#include "crt_linux.c"
#include "crt_windows.c"
#include "engine_call_i386.c"
#include "game_heap.c"
#include "scrap_chunk.c"
#include "scrap_heap.c"
#include "hot_i386.c"
#include "hot_x64.c"
#include "game_heap_i386.c"
#include "scrap_heap_i386.c"
#include "check.c"

/* ---- the rest of the original C runtime ---- */

/* Not every C library the tests are linked with refuses what it should. */
static void *native_malloc(size_t size) {
    if (size <= PTRDIFF_MAX)
        return malloc(size);
    errno = ENOMEM;
    return NULL;
}

static int native_posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    return posix_memalign(out, alignment, size);
}

static void *native_calloc(size_t count, size_t size) { return calloc(count, size); }

static void *native_valloc(size_t size) { return memalign(4096, size); }

static void *native_pvalloc(size_t size) { return memalign(4096, (size + 4095) & ~(size_t)4095); }

/* What is new of a block reads as zero; what lies behind its old size may be anybody's bytes. */
static void *native_zero_end(void *user, size_t old, size_t size) {
    if (user != NULL && size > old)
        memset((char *)user + old, 0, size - old);
    return user;
}

/* ThreadSanitizer says of a block of no bytes that one can be used, and then objects to its use. */
static void *native_expand(void *user, size_t size) {
    size_t usable = malloc_usable_size(user);

    return usable > 1 && size <= usable ? user : NULL;
}

/* Where an aligned block keeps the pointer to the one around it. */
static void **native_kept(void *user) {
    return (void **)(((uintptr_t)user - sizeof(void *)) & ~(uintptr_t)(sizeof(void *) - 1));
}

static void *native_offset_malloc(size_t size, size_t alignment, size_t offset) {
    char *around, *user;

    if (alignment == 0 || (alignment & (alignment - 1)) != 0 || (offset != 0 && offset >= size)) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    around = replace_malloc(size + alignment + sizeof(void *));
    if (around == NULL)
        return NULL;
    user = (char *)((((uintptr_t)around + sizeof(void *) + alignment + offset) & ~(alignment - 1)) -
                    offset);
    *native_kept(user) = around;
    return user;
}

static void *native_aligned_malloc(size_t size, size_t alignment) {
    return native_offset_malloc(size, alignment, 0);
}

/* Like Wine's, it does not call the hooked free, though it called the hooked malloc. */
static void native_aligned_free(void *user) {
    if (user != NULL)
        free(*native_kept(user));
}

static size_t native_aligned_msize(void *user, size_t alignment, size_t offset) {
    (void)offset;
    if (alignment < sizeof(void *))
        alignment = sizeof(void *);
    return replace__msize(*native_kept(user)) - alignment - sizeof(void *);
}

static void *native_offset_realloc(void *user, size_t size, size_t alignment, size_t offset) {
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

static void *native_aligned_realloc(void *user, size_t size, size_t alignment) {
    return native_offset_realloc(user, size, alignment, 0);
}

static void *native_offset_recalloc(void *user, size_t count, size_t size, size_t alignment,
                                    size_t offset) {
    size_t old = user != NULL ? native_aligned_msize(user, alignment, offset) : 0;

    return native_zero_end(native_offset_realloc(user, count * size, alignment, offset), old,
                           count * size);
}

static void *native_aligned_recalloc(void *user, size_t count, size_t size, size_t alignment) {
    return native_offset_recalloc(user, count, size, alignment, 0);
}

/* The checks ask for nonsense sizes on purpose. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "allocator_may_return_null=1"; }

/* ---- a pool to test ---- */

static size_t native_metadata_bytes(void) { return POOL_METADATA_BYTES; }

static void native_exit(void *value) { pool_thread_exit(value); }

/* No other thread may have a cache any more. */
static void native_close(void) {
    munmap((void *)native_reserved, native_region_bytes + 0x10000);
    munmap((void *)native_control, native_metadata_bytes());
    pool_os_set_slot(NULL, 1);
}

/* What the next native_open configures. */
static size_t native_quarantine_bytes, native_prefault_bytes, native_group_bytes[POOL_GROUPS];

/* A fresh, active pool of that many bytes; the process ends where there is no room for it. */
static void native_open(size_t region_bytes, enum PoolStrategy strategy) {
    struct PoolControl *control;
    size_t metadata, group;
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
    for (group = 0; group < POOL_GROUPS; group++)
        control->group_bytes[group] = native_group_bytes[group];
    control->active = 1;
    if (pool_init() != 0) {
        fprintf(stderr, "pool_init refused\n");
        exit(2);
    }
}
