/* SPDX-License-Identifier: MIT */
/* The world of a native test program. The including program defines POOLNV_CONTROL, POOLNV_REGION
 * and POOLNV_REGION_BYTES, and `native_commits_left`, which makes commits fail once it is 0. */
#ifndef POOLNV_PLATFORM_NATIVE_H
#define POOLNV_PLATFORM_NATIVE_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

extern volatile uint32_t native_commits_left;

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

/* With NATIVE_HOT the hot path in assembly, for addresses that are fixed by macros. */
#if defined(NATIVE_HOT) && defined(__x86_64__)
#define POOL_HOT     1
#define POOL_HOT_X64 1
#define POOL_SLOT    "%fs:native_slot@tpoff"
#elif defined(NATIVE_HOT)
#define POOL_HOT      1
#define POOL_HOT_I386 1
#define POOL_SLOT     "%gs:native_slot@ntpoff"
#endif

#ifdef __i386__
#define POOL_SELF_PLACE "%gs:0"
#endif

/* The key only makes the C library call pool_thread_exit. */
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
extern uint8_t native_taken[256];
/* The whole of it is reserved by the test; native_taken says what of it somebody else has. */
static inline int pool_os_reserve(void *start, size_t bytes) {
    (void)bytes;
    return -native_taken[((uintptr_t)start - POOLNV_REGION) >> 24];
}
#endif
static inline int pool_os_decommit(void *start, size_t bytes) {
    if (madvise(start, bytes, MADV_DONTNEED) != 0)
        return -1;
    return mprotect(start, bytes, PROT_NONE);
}
#define CALLERS_FRAME 0
static inline void pool_os_stack(uintptr_t *low, uintptr_t *high) {
    (void)low;
    (void)high;
}
static inline void pool_os_yield(void) { sched_yield(); }
static inline uint32_t pool_os_pid(void) { return (uint32_t)getpid(); }
static inline int pool_os_ending(void) { return 0; }
static inline void pool_set_errno(int code) { errno = code; }

#endif
