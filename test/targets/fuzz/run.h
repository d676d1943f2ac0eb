/* What one thread of a fuzz has at hand. Its own alone, while a round lasts. */
#ifndef TEST_FUZZ_RUN_H
#define TEST_FUZZ_RUN_H

#include "block.h"
#include "family.h"
#include "fault.h"
#include "sizes.h"

/* The program's own count of what it did, in the terms of the pool's counters. */
struct FuzzCounts {
    uint64_t steps;
    uint64_t made;        /* blocks handed out */
    uint64_t reallocs;    /* calls that count as realloc */
    uint64_t moved;       /* of them, those that gave a block another place */
    uint64_t frees;       /* calls of free, with NULL too */
    uint64_t corruptions; /* blocks that did not hold what was written to them */
    uint64_t wrong;       /* anything else that was not as the function's manual says */
};

struct FuzzRun {
    uint64_t seed; /* of the program */
    unsigned thread;
    uint64_t random;                 /* state */
    const struct FuzzFamily *family; /* for this step */
    const char *call;                /* name of the function at hand, for the fault */
    size_t size, old_size;           /* of the step, for the fault */
    struct FuzzCounts counts;
};

static void fuzz_note(struct FuzzRun *run, const void *at, const char *what) {
    if (!__sync_bool_compare_and_swap(&fuzz_fault.noted, 0, 1))
        return;
    fuzz_fault.seed = run->seed;
    fuzz_fault.thread = run->thread;
    fuzz_fault.step = run->counts.steps;
    fuzz_fault.call = run->call;
    fuzz_fault.size = run->size;
    fuzz_fault.old_size = run->old_size;
    fuzz_fault.at = at;
    fuzz_fault.what = what;
}

static void fuzz_expect(struct FuzzRun *run, int holds, const void *at, const char *what) {
    if (holds)
        return;
    run->counts.wrong++;
    fuzz_note(run, at, what);
}

static void fuzz_expect_contents(struct FuzzRun *run, int holds, const void *at, const char *what) {
    if (holds)
        return;
    run->counts.corruptions++;
    fuzz_note(run, at, what);
}

/* What anyone may ask about a block at any time. */
static void fuzz_look(struct FuzzRun *run, const struct FuzzBlock *block) {
    const struct FuzzFamily *family = run->family;
    size_t usable;
    fuzz_expect_contents(run, fuzz_holds(block, block->size), block->at, "contents");
    fuzz_expect(run, (((uintptr_t)block->at + block->offset) & (block->alignment - 1)) == 0,
                block->at, "alignment");
    if (block->is_aligned) {
        if (family->aligned_msize != 0)
            fuzz_expect(run,
                        family->aligned_msize(block->at, block->alignment, block->offset) >=
                            block->size,
                        block->at, "_aligned_msize");
        return;
    }
    if (family->msize != 0)
        fuzz_expect(run, family->msize(block->at) >= block->size, block->at, "_msize");
    if (family->malloc_usable_size == 0)
        return;
    usable = family->malloc_usable_size(block->at);
    fuzz_expect(run, usable >= block->size, block->at, "malloc_usable_size");
    if (block->size != 0 && usable > block->size && usable - block->size < 65536)
        memset(block->at + block->size, 0xA5, usable - block->size); /* it may be used */
}

#endif
