/* SPDX-License-Identifier: MIT */
/* Inside a native test program: the pool on top of compiler builtins and of the C library, which is
 * the original of the C runtime. The entry points of both operating systems exist. native.c has the
 * definitions. */
#ifndef POOLNV_PLATFORM_NATIVE_H
#define POOLNV_PLATFORM_NATIVE_H

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "platform.h"

#define POOLNV_NATIVE      1
#define POOLNV_CRT_LINUX   1
#define POOLNV_CRT_WINDOWS 1

extern volatile uint32_t native_commits_left; /* commits fail once it is 0 */
extern size_t native_largest_decommit;        /* bytes of one call; with the page-heap lock */

/* The fast path contains the addresses as numbers. */
#ifdef NATIVE_FAST
#ifndef __x86_64__
#define POOLNV_CONTROL 0x20000000
#define POOLNV_REGION  0x30000000
#else
#define POOLNV_CONTROL 0x200000000000
#define POOLNV_REGION  0x210000000000
#endif
#else
extern uintptr_t native_control, native_region;
#define POOLNV_CONTROL native_control
#define POOLNV_REGION  native_region
#endif
extern size_t native_region_bytes;
#define POOLNV_REGION_BYTES native_region_bytes

#define POOL_FIXED(type, address) ((type *)(address))

#define POOL_LOAD(word)         __atomic_load_n(&(word), __ATOMIC_RELAXED)
#define POOL_STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELAXED)
#define POOL_ADD(word, amount)  __atomic_fetch_add(&(word), (amount), __ATOMIC_SEQ_CST)
#define POOL_COUNT(counter)     ((void)__atomic_fetch_add(&(counter), 1, __ATOMIC_RELAXED))
#define pool_read(counter)      __atomic_load_n((counter), __ATOMIC_RELAXED)
#define POOL_COUNT_OWN(counter)                                                                    \
    __atomic_store_n(&(counter), __atomic_load_n(&(counter), __ATOMIC_RELAXED) + 1,                \
                     __ATOMIC_RELAXED)
#define POOL_RELEASE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)
#define POOL_ACQUIRE(word)        __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define POOL_PAUSE()              __builtin_ia32_pause()
#define POOL_LOWEST(word)         ((uint32_t)__builtin_ctz(word))
#define POOL_LOG2(word)           (31u - (uint32_t)__builtin_clz(word))
#define POOL_SELF()               ((uintptr_t)pthread_self())

#define POOL_LOCK(word)                                                                            \
    do {                                                                                           \
        if (!pool_swap_if((word), 0, 1))                                                           \
            pool_lock_wait(word);                                                                  \
    } while (0)
#define POOL_UNLOCK(word)                                                                          \
    __atomic_store_n((word), __atomic_load_n((word), __ATOMIC_RELAXED) - 1, __ATOMIC_RELEASE)

static inline int pool_swap_if(volatile uint32_t *word, uint32_t expected, uint32_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, 0, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* With NATIVE_FAST the fast path in assembly. */
#if defined(NATIVE_FAST) && defined(__x86_64__)
#define POOL_FAST     1
#define POOL_FAST_X64 1
#define POOL_SLOT     "%fs:native_slot@tpoff"
#elif defined(NATIVE_FAST)
#define POOL_FAST      1
#define POOL_FAST_I386 1
#define POOL_SLOT      "%gs:native_slot@ntpoff"
#endif

#ifdef __i386__
#define POOL_SELF_PLACE "%gs:0"
#endif

/* The key is there for its destructor, which calls pool_thread_exit. */
#define POOL_OS_SLOT 1
extern __thread void *native_slot;
extern pthread_key_t native_exit_key;
#define POOL_THREAD_EXIT(name) void name(void *value)

static inline void *pool_os_slot(void) { return native_slot; }
static inline void pool_os_set_slot(void *value, int watch) {
    native_slot = value;
    if (watch)
        pthread_setspecific(native_exit_key, value);
}
static inline int pool_os_exits_with(void *value) { return native_slot == value; }
static inline void pool_copy(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
static inline void pool_zero(void *user, size_t bytes) { memset(user, 0, bytes); }

static inline int pool_os_commit(void *start, size_t bytes) {
    if (POOL_LOAD(native_commits_left) == 0)
        return -1;
    POOL_ADD(native_commits_left, -1);
    return mprotect(start, bytes, PROT_READ | PROT_WRITE);
}
#ifdef POOLNV_SEGMENTED
extern uint8_t native_taken[256]; /* by segment: 1 if it can not be reserved */
/* The test has reserved the whole region; native_taken marks segments as in use. */
static inline int pool_os_reserve(void *start, size_t bytes) {
    (void)bytes;
    return -native_taken[((uintptr_t)start - POOLNV_REGION) >> 24];
}
static inline void pool_os_release(void *start, size_t bytes) { mprotect(start, bytes, PROT_NONE); }
#endif
static inline int pool_os_decommit(void *start, size_t bytes) {
    if (bytes > native_largest_decommit)
        native_largest_decommit = bytes;
    if (madvise(start, bytes, MADV_DONTNEED) != 0)
        return -1;
    return mprotect(start, bytes, PROT_NONE);
}
#define POOL_CALLER_FRAME 0
#define POOL_STDCALL
static inline void pool_os_stack(uintptr_t *low, uintptr_t *high) {
    (void)low;
    (void)high;
}
static inline void pool_os_yield(void) { sched_yield(); }
static inline uint32_t pool_os_pid(void) { return (uint32_t)getpid(); }
static inline int pool_os_ending(void) { return 0; }
static inline void pool_set_errno(int code) { errno = code; }

/* ---- the original C runtime ---- */

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
#define ORIGINAL_HeapSize                 ((uintptr_t)native_heap_size)
#define ORIGINAL_HeapFree                 ((uintptr_t)native_heap_free)
#define ORIGINAL_HeapReAlloc              ((uintptr_t)native_heap_realloc)

/* The system's heap, and what its functions were called with. */
extern struct NativeHeapCalls {
    unsigned count;
    void *heap; /* of the last call */
    uint32_t flags;
} native_heap_calls;
size_t native_heap_size(void *heap, uint32_t flags, const void *user);
int32_t native_heap_free(void *heap, uint32_t flags, void *user);
void *native_heap_realloc(void *heap, uint32_t flags, void *user, size_t size);

void *native_malloc(size_t size);
void *native_calloc(size_t count, size_t size);
int native_posix_memalign(void **out, size_t alignment, size_t size);
void *native_valloc(size_t size);
void *native_pvalloc(size_t size);
void *native_expand(void *user, size_t size);
void *native_aligned_malloc(size_t size, size_t alignment);
void native_aligned_free(void *user);
void *native_aligned_realloc(void *user, size_t size, size_t alignment);
void *native_aligned_recalloc(void *user, size_t count, size_t size, size_t alignment);
size_t native_aligned_msize(void *user, size_t alignment, size_t offset);
void *native_offset_malloc(size_t size, size_t alignment, size_t offset);
void *native_offset_realloc(void *user, size_t size, size_t alignment, size_t offset);
void *native_offset_recalloc(void *user, size_t count, size_t size, size_t alignment,
                             size_t offset);

#endif
