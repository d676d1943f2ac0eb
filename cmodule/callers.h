/* SPDX-License-Identifier: MIT */
/* Who asks for memory: of so many calls one is looked at, where it came from and for how much it
 * asked. Off until somebody wants to know, and then the hot paths are as they are without: what
 * leads past them is PoolState.hot_limit, which is 0 while callers are sampled. Each thread counts
 * down for itself, over a distance drawn at random for each sample, so that a program that asks in
 * a fixed rhythm is not always, or never, met at the same place. Every call has the same chance,
 * so `one_in` times the samples of a caller estimates its calls.
 *
 * Calls are what is counted, not what is held: a block has no room for who asked for it. Those of
 * scrap heaps are not looked at. */
#ifndef POOLNV_CALLERS_H
#define POOLNV_CALLERS_H

#include "callers_page.h"
#include "platform.h"

#define CALLERS_ROWS    4080u
#define CALLERS_LARGEST 1000000u /* most calls to a sample */
#define CALLERS_PATIENCE                                                                           \
    3u /* calls of pool_callers_tick without a reader, after which sampling ends */

struct Callers {
    volatile uint32_t lock;   /* of all that follows; held for the time of a search */
    volatile uint32_t unread; /* calls of pool_callers_tick since somebody read */
    volatile uint32_t epoch;  /* one more at each start */
    uint32_t reserved;
    uint64_t samples;  /* all, since the start */
    uint64_t unplaced; /* of them, those for which no row was left */
    uint64_t padding[4];
    struct CallerRow rows[CALLERS_ROWS];
};

_Static_assert(offsetof(struct Callers, rows) == 64, "the same in 32 and 64 bits");

/* ---- for the outside; any thread ---- */

/* Begins to sample one in so many calls, up to CALLERS_LARGEST, having forgotten what was sampled
 * before; with 0 ends it, and what was sampled stays to be read. Who finds that it is under way
 * changes nothing. What is in force now. */
uint32_t pool_callers_start(uint32_t one_in);

/* The rows from that place on. */
void pool_callers_read(struct CallersPage *out, uint32_t from);

/* To be called every few seconds: nobody who has died keeps it under way. 1 when that ended it. */
uint32_t pool_callers_tick(void);

/* ---- for the entry points; on the thread that asks ---- */

/* A call that the hot path has counted down, so that it may be due.
 * @param frame  frame pointer of the caller, 0 where that is not known; may be anything */
void pool_callers_due(size_t size, uintptr_t caller, uintptr_t frame);

/* One that was not. */
void pool_callers_asked(size_t size, uintptr_t caller, uintptr_t frame);

/* In an entry point: */
#define CALLERS_DUE(size)                                                                          \
    do {                                                                                           \
        if (POOL_LOAD(POOL_STATE->one_in) != 0)                                                    \
            pool_callers_due((size), (uintptr_t)__builtin_return_address(0), CALLERS_FRAME);       \
    } while (0)
#define CALLERS_ASKED(size)                                                                        \
    do {                                                                                           \
        if (POOL_LOAD(POOL_STATE->one_in) != 0)                                                    \
            pool_callers_asked((size), (uintptr_t)__builtin_return_address(0), CALLERS_FRAME);     \
    } while (0)

/* For one that resized: only a block that is another now was asked for. */
#define CALLERS_MOVED(user, moved, size)                                                           \
    do {                                                                                           \
        if ((moved) != (user) && (moved) != NULL)                                                  \
            CALLERS_ASKED(size);                                                                   \
    } while (0)

/* ---- internal ---- */

/* Follows frame pointers that lie between two addresses of a stack, each above the one before. */
void pool_callers_chain(uint64_t *chain, uintptr_t caller, uintptr_t frame, uintptr_t low,
                        uintptr_t high);

#endif
