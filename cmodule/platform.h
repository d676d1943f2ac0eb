/* SPDX-License-Identifier: MIT */
/* What the pool needs from the world, in two versions: the target process (TinyCC, no builtins, the
 * operating system as addresses in macros) and a native test program (compiler builtins, so that
 * sanitizers understand them). int results: 0 is success.
 *
 *   POOL_FIXED(type, address)  a pointer to what stands at a known address
 *   POOL_LOAD(word)            read a word that others write; no ordering
 *   POOL_STORE(word, value)    write it
 *   POOL_ADD(word, n)          atomic add on a u32, the old value
 *   pool_swap_if(&w, old, new) atomic compare and exchange on a u32, non-zero when it took place
 *   POOL_COUNT(counter)        atomic increment of a u64
 *   POOL_COUNT_OWN(counter)    increment of a u64 that only this thread changes
 *   pool_read(&counter)        a u64 that others increment; in 32 bits 2^32 too low in the instant
 *                              of its carry
 *   POOL_RELEASE(word, value)  write it, after everything written before
 *   POOL_ACQUIRE(word)         read it, before everything read after
 *   POOL_LOCK(&word)           take a spin lock; acquire. Not recursive, see pool_lock_wait
 *   POOL_UNLOCK(&word)         drop it; release
 *   POOL_PAUSE()               be kind to the sibling hardware thread
 *   POOL_SELF()                a number that differs between living threads, never 0 or 1
 *   POOL_SELF_PLACE            where 32-bit assembly reads it
 *   POOL_LOWEST(n), POOL_LOG2(n)   index of the lowest / highest bit set, n != 0
 *   pool_os_slot()             what this thread has in its slot for a cache, NULL at first
 *   pool_os_set_slot(v, w)     put it there; with w, see that pool_thread_exit is called with it
 *   pool_os_exits_with(v)      in pool_thread_exit: whether it is this thread that ends
 *   pool_copy(to, from, n)     memcpy, of blocks
 *   pool_zero(p, n)            memset to 0, of a block
 *   pool_os_commit(p, n)       make whole pages usable; they read as zero. Fails without effect
 *   pool_os_reserve(p, n)      make a range of addresses ours; 0, or -1 where somebody has a part
 *                              of it. Only with POOLNV_SEGMENTED, so not on Linux
 *   pool_os_decommit(p, n)     give the memory of whole pages back; their content is gone
 *   pool_os_stack(&l, &h)      the ends of this thread's stack, untouched where nobody knows them
 *   CALLERS_FRAME              frame pointer of the caller of this function, 0 likewise
 *   pool_os_yield()            let another thread run
 *   pool_os_ending()           not 0 once the system has ended every other thread of the process
 *   pool_os_pid()              id of this process, 0 where nobody needs it
 *   pool_set_errno(code)       errno of the C runtime this copy serves
 *
 * None of these allocates, and none calls a function that may be hooked. */
#ifndef POOLNV_PLATFORM_H
#define POOLNV_PLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A macro's value as text, for assembly. */
#define POOL_TEXT_OF(x) #x
#define POOL_TEXT(x)    POOL_TEXT_OF(x)

/* A u64 that can be counted atomically in 32-bit processes too. */
typedef uint64_t __attribute__((aligned(8))) PoolCounter;

/* Of what a cache has for each class, see pool.h. */
#ifndef __x86_64__
#define POOL_STACK_SHIFT 5
#define POOL_STACK_PADDING
#define POOL_CACHE_BYTES POOL_CACHE_BYTES_32
#else
#define POOL_STACK_SHIFT   6
#define POOL_STACK_PADDING uint64_t padding[3];
#define POOL_CACHE_BYTES   POOL_CACHE_BYTES_64
#endif

struct PoolCache;

/* Waits for a lock that POOL_LOCK found taken. While a fork is under way every lock is held by the
 * forking thread, and atfork handlers of other libraries may allocate on it: that thread passes,
 * leaving the word one higher, and its POOL_UNLOCK takes the one away again. */
void pool_lock_wait(volatile uint32_t *word);

#ifdef POOLNV_NATIVE
#include "platform_native.h"
#else
#include "platform_tinycc.h"
#endif

#define POOL_EINVAL 22
#define POOL_ENOMEM 12

#endif
