/* A random mix of everything that a program can do wrong with its heap, and of what it does right.
 */
#ifndef TEST_ABUSE_MIX_H
#define TEST_ABUSE_MIX_H

#include "alignments.h"
#include "frees.h"
#include "overruns.h"
#include "resizes.h"
#include "sizes.h"
#include "stale.h"

static void (*const misdeeds[])(uint64_t *random) = {
    free_nothing,   free_twice,     free_inside,     free_wild,          free_copied_header,
    free_foreign,   read_freed,     write_freed,     resize_freed,       underrun,
    overrun,        resize,         zeroed,          overrun_cached,     align,
    align_nonsense, misuse_aligned, ask_for_nothing, ask_around_an_edge, ask_for_the_impossible,
};

static void abuse_heap(uint64_t seed, uint64_t count) {
    uint64_t random = seed * 0x9e3779b97f4a7c15ull + 1;
    memset(&ledger, 0, sizeof ledger);
    for (; ledger.misdeeds < count; ledger.misdeeds++)
        misdeeds[next_random(&random) % (sizeof misdeeds / sizeof *misdeeds)](&random);
}

#endif
