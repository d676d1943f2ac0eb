/* SPDX-License-Identifier: MIT */
/* Interface to the machine and the operating system, in two versions: tinycc.h for the target
 * process (TinyCC, no builtins, functions of the system as addresses in macros) and native.h for
 * test programs (compiler builtins, so that sanitizers see them). int results: 0 is success.
 *
 *   POOL_FIXED(type, address)    pointer to a known address
 *   POOL_LOAD(word)              reads a word that other threads write; relaxed
 *   POOL_STORE(word, value)      writes one; relaxed
 *   POOL_ADD(word, n)            atomic add to a u32; returns the old value
 *   pool_swap_if(&w, old, new)   atomic compare-exchange of a u32; not 0 if it was exchanged
 *   POOL_COUNT(counter)          atomic increment of a u64
 *   POOL_COUNT_OWN(counter)      increment of a u64 that only this thread writes
 *   pool_read(&counter)          a u64 that other threads increment; a 32-bit reader may see it
 *                                2^32 too low at the moment of a carry
 *   POOL_RELEASE(word, value)    store, release
 *   POOL_ACQUIRE(word)           load, acquire
 *   POOL_LOCK(&word)             takes a spin lock; acquire. Not recursive, see pool_lock_wait
 *   POOL_UNLOCK(&word)           drops it; release
 *   POOL_PAUSE()                 spin-wait hint to the processor
 *   POOL_SELF()                  a number that differs between living threads, never 0 or 1
 *   POOL_SELF_PLACE              operand with which 32-bit assembly reads it
 *   POOL_LOWEST(n), POOL_LOG2(n) index of the lowest / highest bit set, n != 0
 *   POOL_OS_SLOT                 defined if threads have a slot for a cache
 *   pool_os_slot()               value of this thread's slot, NULL at first
 *   pool_os_set_slot(v, w)       sets it; with w, pool_thread_exit is called with it at thread exit
 *   pool_os_exits_with(v)        in pool_thread_exit: true if v is of the thread that exits
 *   pool_copy(to, from, n)       memcpy, of blocks
 *   pool_zero(p, n)              memset to 0, of a block
 *   pool_os_commit(p, n)         makes whole pages usable, reading as zero. Fails without effect
 *   pool_os_reserve(p, n)        reserves addresses; -1 if a part is in use. Only with
 *                                POOLNV_SEGMENTED, so not on Linux
 *   pool_os_release(p, n)        releases addresses that pool_os_reserve has reserved in one call
 *   pool_os_decommit(p, n)       releases the memory of whole pages; their content is lost
 *   pool_os_stack(&l, &h)        bounds of this thread's stack; left unchanged if unknown
 *   POOL_CALLER_FRAME            frame pointer of the caller of this function, 0 if unknown
 *   pool_os_yield()              yields the processor
 *   pool_os_ending()             not 0 once the system has ended all other threads of the process
 *   pool_os_pid()                id of this process, 0 if not needed
 *   pool_set_errno(code)         errno of the C runtime that this copy of the code serves
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

/* Waits for a lock that is taken. During a fork the forking thread holds every lock, and what runs
 * on it may allocate: that thread passes, leaving the word one higher, which its POOL_UNLOCK
 * undoes. */
void pool_lock_wait(volatile uint32_t *word);

#ifdef __TINYC__
#include "tinycc.h"
#else
#include "native.h"
#endif

#define POOL_EINVAL 22
#define POOL_ENOMEM 12

#endif
