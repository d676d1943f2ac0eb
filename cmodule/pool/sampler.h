/* SPDX-License-Identifier: MIT */
/* Sampling profiler of allocation calls: records the call stack and the size of one call in
 * `sample_interval`. Off until a host starts it. While it is off the fast paths are unchanged: what
 * leads a call past them is PoolState.fast_limit, which is 0 while sampling. Each thread counts
 * down a distance drawn at random for each sample, so that a program with a fixed pattern of calls
 * is not always, or never, sampled at the same place. Every call has the same chance, so
 * sample_interval times the samples of a call site estimates its calls.
 *
 * It counts calls, not live memory: blocks do not record their call site. Scrap heaps are not
 * sampled. */
#ifndef POOLNV_SAMPLER_H
#define POOLNV_SAMPLER_H

#include "../platform/platform.h"
#include "../sampler_page.h"

#define SAMPLER_ROWS        4080u
#define SAMPLE_INTERVAL_MAX 1000000u
#define SAMPLER_IDLE_LIMIT  3u /* ticks without a reader after which sampling stops */

struct PoolSampler {
    volatile uint32_t lock;       /* of all that follows; held during a search */
    volatile uint32_t idle_ticks; /* calls of pool_sampler_tick since the last read */
    volatile uint32_t epoch;      /* one more at each start */
    uint32_t reserved;
    uint64_t samples; /* since the start */
    uint64_t dropped; /* samples for which no row was free */
    uint64_t padding[4];
    struct SamplerRow rows[SAMPLER_ROWS];
};

_Static_assert(offsetof(struct PoolSampler, rows) == 64, "the same in 32 and 64 bits");

/* ---- for the agent; any thread ---- */

/* Starts sampling one call in `sample_interval`, at most SAMPLE_INTERVAL_MAX, and clears the rows;
 * 0 stops it and retains the rows. Changes nothing if sampling is already on. Returns the interval
 * in force. */
uint32_t pool_sampler_start(uint32_t sample_interval);

/* Fills in the rows from that index on. */
void pool_sampler_read(struct SamplerPage *out, uint32_t from);

/* Called every few seconds, so that sampling ends after its reader has died. Returns 1 if it has
 * stopped sampling. */
uint32_t pool_sampler_tick(void);

/* ---- for the hooks; on the allocating thread ---- */

/* A call that the fast path has already counted down.
 * @param frame  frame pointer of the caller, 0 if unknown; any value is safe */
void pool_sample_due(size_t size, uintptr_t caller, uintptr_t frame);

/* A call that is not counted down yet. */
void pool_sample_call(size_t size, uintptr_t caller, uintptr_t frame);

/* In an entry point: */
#define SAMPLE_DUE(size)                                                                           \
    do {                                                                                           \
        if (POOL_LOAD(POOL_STATE->sample_interval) != 0)                                           \
            pool_sample_due((size), (uintptr_t)__builtin_return_address(0), POOL_CALLER_FRAME);    \
    } while (0)
#define SAMPLE_CALL(size)                                                                          \
    do {                                                                                           \
        if (POOL_LOAD(POOL_STATE->sample_interval) != 0)                                           \
            pool_sample_call((size), (uintptr_t)__builtin_return_address(0), POOL_CALLER_FRAME);   \
    } while (0)

/* After a resize: only a new block counts as a request. */
#define SAMPLE_MOVED(user, moved, size)                                                            \
    do {                                                                                           \
        if ((moved) != (user) && (moved) != NULL)                                                  \
            SAMPLE_CALL(size);                                                                     \
    } while (0)

/* ---- internal ---- */

/* Follows frame pointers within low .. high of a stack, each above the one before, into `chain`. */
void pool_stack_walk(uint64_t *chain, uintptr_t caller, uintptr_t frame, uintptr_t low,
                     uintptr_t high);

#endif
