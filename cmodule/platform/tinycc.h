/* SPDX-License-Identifier: MIT */
/* Inside the target process. Macros if a call would cost more than the work: TinyCC does not
 * inline. All addresses are macros that the agent defines, see docs/memory-layout.md. */
#ifndef POOLNV_PLATFORM_TINYCC_H
#define POOLNV_PLATFORM_TINYCC_H

#include "platform.h"

/* TinyCC for x86-64 miscompiles an access to a constant address above 4 GB: `((struct S
 * *)0x7f..)->a` yields the address, and as a memory operand of inline assembly it is relative to
 * the program counter. So constant addresses and all memory operands go through a local pointer.
 */
#define POOL_FIXED(type, address)                                                                  \
    ({                                                                                             \
        type *fixed_ = (type *)(uintptr_t)(address);                                               \
        fixed_;                                                                                    \
    })

#define POOL_LOAD(word)         (*(volatile __typeof__(word) *)&(word))
#define POOL_STORE(word, value) (*(volatile __typeof__(word) *)&(word) = (value))
#define POOL_RELEASE            POOL_STORE /* x86 keeps stores in order, and loads */
#define POOL_ACQUIRE            POOL_LOAD
#define POOL_COUNT_OWN(counter) ((counter)++)
#define POOL_PAUSE()            __asm__ __volatile__("pause" : : : "memory")

/* The word counts: 0 free, 1 held, 2 held twice by a forking thread. Only the holder changes a word
 * that is not 0, so that dropping it needs no locked instruction. */
#define POOL_LOCK(word)                                                                            \
    do {                                                                                           \
        volatile uint32_t *word_ = (word);                                                         \
        uint32_t held_ = 0;                                                                        \
        __asm__ __volatile__("lock; cmpxchgl %2, %1"                                               \
                             : "+a"(held_), "+m"(*word_)                                           \
                             : "r"(1u)                                                             \
                             : "memory", "cc");                                                    \
        if (held_)                                                                                 \
            pool_lock_wait(word_);                                                                 \
    } while (0)
#define POOL_UNLOCK(word)                                                                          \
    do {                                                                                           \
        volatile uint32_t *word_ = (word);                                                         \
        __asm__ __volatile__("decl %0" : "+m"(*word_) : : "memory", "cc");                         \
    } while (0)

static inline uint32_t pool_add(volatile uint32_t *word, uint32_t amount) {
    __asm__ __volatile__("lock; xaddl %0, %1" : "+r"(amount), "+m"(*word) : : "memory", "cc");
    return amount;
}
#define POOL_ADD(word, amount) pool_add(&(word), (amount))

static inline int pool_swap_if(volatile uint32_t *word, uint32_t expected, uint32_t desired) {
    uint32_t seen = expected;
    __asm__ __volatile__("lock; cmpxchgl %2, %1"
                         : "+a"(seen), "+m"(*word)
                         : "r"(desired)
                         : "memory", "cc");
    return seen == expected;
}

static inline uint32_t pool_lowest_bit(uint32_t word) {
    uint32_t index;
    __asm__("bsfl %1, %0" : "=r"(index) : "r"(word) : "cc");
    return index;
}

static inline uint32_t pool_highest_bit(uint32_t word) {
    uint32_t index;
    __asm__("bsrl %1, %0" : "=r"(index) : "r"(word) : "cc");
    return index;
}

#define POOL_LOWEST(word) pool_lowest_bit(word)
#define POOL_LOG2(word)   pool_highest_bit(word)

#ifdef __x86_64__
#define POOL_COUNT(counter)                                                                        \
    do {                                                                                           \
        volatile PoolCounter *at_ = &(counter);                                                    \
        __asm__ __volatile__("lock; incq %0" : "+m"(*at_) : : "memory", "cc");                     \
    } while (0)
#define pool_read(counter) (*(volatile uint64_t *)(counter))
#else
/* The carry travels in the flags between the two locked halves. */
#define POOL_COUNT(counter)                                                                        \
    do {                                                                                           \
        volatile uint32_t *at_ = (volatile uint32_t *)&(counter);                                  \
        __asm__ __volatile__("lock; addl $1, %0\n\tlock; adcl $0, %1"                              \
                             : "+m"(at_[0]), "+m"(at_[1])                                          \
                             :                                                                     \
                             : "memory", "cc");                                                    \
    } while (0)

static inline uint64_t pool_read(const uint64_t *counter) {
    const volatile uint32_t *half = (const volatile uint32_t *)counter;
    uint32_t high, low;
    do {
        high = half[1];
        low = half[0];
    } while (high != half[1]);
    return (uint64_t)high << 32 | low;
}
#endif

static inline uintptr_t pool_self(void) {
    uintptr_t self;
#if defined(POOLNV_WINDOWS) && !defined(__x86_64__)
    __asm__ __volatile__("movl %%fs:0x18, %0" : "=r"(self));
#elif defined(__x86_64__)
    __asm__ __volatile__("movq %%fs:0, %0" : "=r"(self));
#else
    __asm__ __volatile__("movl %%gs:0, %0" : "=r"(self));
#endif
    return self;
}
#define POOL_SELF() pool_self()
#ifdef POOLNV_WINDOWS
#define POOL_SELF_PLACE "%fs:0x18" /* the same in 32-bit assembly */
#else
#define POOL_SELF_PLACE "%gs:0"
#endif

/* The slot for the cache is at a fixed distance from the thread register. If the agent found none,
 * all threads share one cache. */
#if defined(__x86_64__) || defined(POOLNV_WINDOWS)
#define POOL_SLOT_SEGMENT "fs"
#else
#define POOL_SLOT_SEGMENT "gs"
#endif
#ifdef POOLNV_CACHE_SLOT
#define POOL_OS_SLOT    1
#define POOL_SLOT_PLACE POOL_SLOT_SEGMENT ":" POOL_TEXT(POOLNV_CACHE_SLOT)
#define POOL_SLOT       "%" POOL_SLOT_PLACE /* for assembly outside of functions */

static inline void *pool_os_slot(void) {
    void *value;
#ifdef __x86_64__
    __asm__ __volatile__("movq %%" POOL_SLOT_PLACE ", %0" : "=r"(value));
#else
    __asm__ __volatile__("movl %%" POOL_SLOT_PLACE ", %0" : "=r"(value));
#endif
    return value;
}
#endif

/* The fast path supports neither the quarantine nor threads without a slot. */
#if defined(POOLNV_CACHE_SLOT) && !defined(POOLNV_NO_FAST_PATH)
#define POOL_FAST 1
#ifdef __x86_64__
#define POOL_FAST_X64 1
#else
#define POOL_FAST_I386 1
#endif
#endif

#ifdef __x86_64__
#define POOL_WORD "q"
#else
#define POOL_WORD "l"
#endif
/* The compiler calls these to initialise and assign structures. Without definitions here it would
 * link to Frida's copies. */
void *memset(void *to, int byte, size_t bytes) {
    void *at = to;

    __asm__ __volatile__("rep; stosb" : "+D"(at), "+c"(bytes) : "a"(byte) : "memory");
    return to;
}
void *memcpy(void *to, const void *from, size_t bytes) {
    void *at = to;

    __asm__ __volatile__("rep; movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}
/* Structures do not overlap. */
void *memmove(void *to, const void *from, size_t bytes) { return memcpy(to, from, bytes); }

#define REP_MOVS_MIN 1024u /* bytes from which rep movs is worth its start-up cost */

/* The memcpy of a target's C library is slower than this for short blocks, in some by a lot. */
static inline void pool_copy(void *to, const void *from, size_t bytes) {
    size_t block_to_free = bytes & ~(size_t)15, tail = bytes;
    char *end = (char *)to + bytes;
    const char *from_end = (const char *)from + bytes;

    if (bytes < 16) {
        for (; tail != 0; tail--)
            end[0 - tail] = from_end[0 - tail];
        return;
    }
    if (block_to_free >= REP_MOVS_MIN) {
        block_to_free /= sizeof block_to_free;
        __asm__ __volatile__("rep; movs" POOL_WORD
                             : "+D"(to), "+S"(from), "+c"(block_to_free)
                             :
                             : "memory");
    } else {
        to = (char *)to + block_to_free;
        from = (const char *)from + block_to_free;
        block_to_free = 0 - block_to_free;
        __asm__ __volatile__("1:\n\tmovups (%2,%0,1), %%xmm0\n\tmovups %%xmm0, (%1,%0,1)\n\t"
                             "add" POOL_WORD " $16, %0\n\tjnz 1b"
                             : "+r"(block_to_free)
                             : "r"(to), "r"(from)
                             : "memory", "cc");
    }
    /* The last 16 bytes, some of them once more. */
    __asm__ __volatile__("movups -16(%1), %%xmm0\n\tmovups %%xmm0, -16(%0)"
                         :
                         : "r"(end), "r"(from_end)
                         : "memory");
}

static inline void pool_zero(void *user, size_t bytes) {
    char *at = user, *end = at + bytes;

    if (bytes < 16) {
        for (; at < end; at++)
            *at = 0;
        return;
    }
    __asm__ __volatile__("pxor %%xmm0, %%xmm0" : : : "memory");
    for (; end - at >= 64; at += 64)
        __asm__ __volatile__("movups %%xmm0, (%0)\n\tmovups %%xmm0, 16(%0)\n\t"
                             "movups %%xmm0, 32(%0)\n\tmovups %%xmm0, 48(%0)"
                             :
                             : "r"(at)
                             : "memory");
    for (; end - at >= 16; at += 16)
        __asm__ __volatile__("movups %%xmm0, (%0)" : : "r"(at) : "memory");
    __asm__ __volatile__("movups %%xmm0, -16(%0)" : : "r"(end) : "memory");
}

#ifdef POOLNV_WINDOWS
#define POOLNV_CRT_WINDOWS 1
#define POOL_STDCALL       __attribute__((stdcall))
typedef void *(POOL_STDCALL *PoolVirtualAlloc)(void *, size_t, uint32_t, uint32_t);
typedef int(POOL_STDCALL *PoolVirtualFree)(void *, size_t, uint32_t);
typedef int(POOL_STDCALL *PoolSwitchToThread)(void);

typedef int(POOL_STDCALL *PoolFlsSetValue)(uint32_t, void *);

#define POOL_THREAD_EXIT(name) void POOL_STDCALL name(void *value)

/* The slot is a TlsAlloc index, which has no exit callback; a value of FlsAlloc has one. */
static inline void pool_os_set_slot(void *value, int watch) {
#ifdef POOLNV_CACHE_SLOT
    __asm__ __volatile__("movl %0, %%" POOL_SLOT_PLACE : : "r"(value) : "memory");
    if (watch)
        ((PoolFlsSetValue)POOLNV_WATCH)(POOLNV_WATCH_INDEX, value);
#else
    (void)value;
    (void)watch;
#endif
}
/* The value of a fiber may be deleted by any thread. */
#ifdef POOL_OS_SLOT
#define pool_os_exits_with(value) (pool_os_slot() == (value))
#else
#define pool_os_exits_with(value) ((void)(value), 0)
#endif

static inline int pool_os_commit(void *start, size_t bytes) { /* MEM_COMMIT, PAGE_READWRITE */
    return ((PoolVirtualAlloc)POOLNV_COMMIT)(start, bytes, 0x1000, 0x04) == NULL;
}
static inline int pool_os_reserve(void *start, size_t bytes) { /* MEM_RESERVE, PAGE_NOACCESS */
    return ((PoolVirtualAlloc)POOLNV_COMMIT)(start, bytes, 0x2000, 0x01) == NULL ? -1 : 0;
}
static inline void pool_os_release(void *start, size_t bytes) { /* MEM_RELEASE */
    (void)bytes;
    ((PoolVirtualFree)POOLNV_DECOMMIT)(start, 0, 0x8000);
}
static inline int pool_os_decommit(void *start, size_t bytes) { /* MEM_DECOMMIT */
    return ((PoolVirtualFree)POOLNV_DECOMMIT)(start, bytes, 0x4000) == 0;
}
/* All functions that TinyCC compiles have a frame. In the TEB: StackLimit and StackBase. */
#define POOL_CALLER_FRAME (*(uintptr_t *)__builtin_frame_address(0))
static inline void pool_os_stack(uintptr_t *low, uintptr_t *high) {
    uintptr_t limit, base;
    __asm__ __volatile__("movl %%fs:8, %0" : "=r"(limit));
    __asm__ __volatile__("movl %%fs:4, %0" : "=r"(base));
    *low = limit;
    *high = base;
}
static inline void pool_os_yield(void) { ((PoolSwitchToThread)POOLNV_YIELD)(); }
static inline uint32_t pool_os_pid(void) { return 0; }
typedef uint8_t(POOL_STDCALL *PoolShutdownInProgress)(void);
static inline int pool_os_ending(void) { return ((PoolShutdownInProgress)POOLNV_ENDING)() != 0; }
#else
#define POOLNV_CRT_LINUX 1
typedef int (*PoolMprotect)(void *, size_t, int);
typedef int (*PoolMadvise)(void *, size_t, int);
typedef int (*PoolSchedYield)(void);
typedef int (*PoolGetpid)(void);

typedef int (*PoolSetSpecific)(uint32_t, void *);

#define POOL_THREAD_EXIT(name) void name(void *value)

/* The slot is the storage of a pthread key whose destructor is pool_thread_exit. */
static inline void pool_os_set_slot(void *value, int watch) {
    (void)watch;
#ifdef POOLNV_CACHE_SLOT
    ((PoolSetSpecific)POOLNV_WATCH)(POOLNV_WATCH_INDEX, value);
#else
    (void)value;
#endif
}
static inline int pool_os_exits_with(void *value) { /* the C library has already cleared the slot */
    (void)value;
    return 1;
}

static inline int pool_os_commit(void *start, size_t bytes) { /* PROT_READ | PROT_WRITE */
    return ((PoolMprotect)POOLNV_COMMIT)(start, bytes, 3);
}
static inline int pool_os_decommit(void *start, size_t bytes) { /* MADV_DONTNEED, then PROT_NONE */
    if (((PoolMadvise)POOLNV_DECOMMIT)(start, bytes, 4) != 0)
        return -1;
    return ((PoolMprotect)POOLNV_COMMIT)(start, bytes, 0);
}
#define POOL_CALLER_FRAME 0
static inline void pool_os_stack(uintptr_t *low, uintptr_t *high) {
    (void)low;
    (void)high;
}
static inline void pool_os_yield(void) { ((PoolSchedYield)POOLNV_YIELD)(); }
static inline uint32_t pool_os_pid(void) { return (uint32_t)((PoolGetpid)POOLNV_GETPID)(); }
static inline int pool_os_ending(void) { return 0; }
#endif

typedef int *(*PoolErrno)(void);
#ifdef POOLNV_ERRNO
static inline void pool_set_errno(int code) { *((PoolErrno)POOLNV_ERRNO)() = code; }
#else /* a C runtime linked into the program, with its errno at an unknown address */
static inline void pool_set_errno(int code) { (void)code; }
#endif

#endif
