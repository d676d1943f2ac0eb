/* A program of random allocation calls. What each thread does is a pure function of the program's
 * seed, its length and the thread's number, though blocks pass from thread to thread: that happens
 * between rounds, when shelves change hands. The threads themselves are whoever's who includes
 * this. */
#ifndef TEST_FUZZ_PROGRAM_H
#define TEST_FUZZ_PROGRAM_H

#include "step.h"

#define FUZZ_THREADS     8    /* at most */
#define FUZZ_SHELF       256  /* blocks */
#define FUZZ_ROUND_STEPS 2048 /* of each thread */

/* Blocks that one thread has at a time. */
struct FuzzShelf {
    struct FuzzBlock blocks[FUZZ_SHELF];
};

static struct FuzzProgram {
    uint64_t seed, steps_left;
    unsigned threads;
    uint64_t round;       /* from 0 */
    uint64_t round_steps; /* of all threads in this round */
    struct FuzzRun runs[FUZZ_THREADS];
    struct FuzzShelf kept[FUZZ_THREADS];   /* by thread */
    struct FuzzShelf passed[FUZZ_THREADS]; /* each round on to the next thread */
} fuzz;

/* Begins a program of so many steps, spread over so many threads. */
static void fuzz_open(uint64_t seed, uint64_t steps, unsigned threads) {
    unsigned i;
    memset(&fuzz, 0, sizeof fuzz);
    memset(&fuzz_fault, 0, sizeof fuzz_fault);
    fuzz.seed = seed;
    fuzz.steps_left = steps;
    fuzz.threads = threads;
    for (i = 0; i < threads; i++) {
        fuzz.runs[i].seed = seed;
        fuzz.runs[i].thread = i;
        fuzz.runs[i].random = (seed + 1) * 0x9e3779b97f4a7c15ull + i + 1;
        next_random(&fuzz.runs[i].random);
    }
}

/* Whether there is another round; no thread may be in one. After it, every thread has to do its
 * part. */
static int fuzz_next_round(void) {
    uint64_t most = (uint64_t)fuzz.threads * FUZZ_ROUND_STEPS;
    if (fuzz.steps_left == 0 || fuzz_fault.noted)
        return 0;
    fuzz.round++;
    fuzz.round_steps = fuzz.steps_left < most ? fuzz.steps_left : most;
    fuzz.steps_left -= fuzz.round_steps;
    return 1;
}

/* The part of one thread in the round. */
static void fuzz_part(unsigned thread) {
    struct FuzzRun *run = &fuzz.runs[thread];
    struct FuzzShelf *passed = &fuzz.passed[(thread + fuzz.round) % fuzz.threads];
    uint64_t left = fuzz.round_steps / fuzz.threads + (thread < fuzz.round_steps % fuzz.threads);
    while (left-- != 0 && !fuzz_fault.noted) {
        struct FuzzShelf *shelf = fuzz_pick(&run->random, 2) ? passed : &fuzz.kept[thread];
        fuzz_step(run, &shelf->blocks[fuzz_pick(&run->random, FUZZ_SHELF)]);
    }
}

static void fuzz_empty_shelf(struct FuzzRun *run, struct FuzzShelf *shelf) {
    unsigned i;
    for (i = 0; i < FUZZ_SHELF && !fuzz_fault.noted; i++)
        if (shelf->blocks[i].at != 0)
            fuzz_free(run, &shelf->blocks[i]);
}

/* Frees what lives, by the calling thread, and sums up. After a fault, what lives stays as it is.
 */
static struct FuzzCounts fuzz_close(void) {
    struct FuzzCounts sum = fuzz.runs[0].counts;
    unsigned i;
    for (i = 0; i < fuzz.threads; i++) {
        struct FuzzRun *run = &fuzz.runs[i];
        run->family = &fuzz_families[0];
        fuzz_empty_shelf(run, &fuzz.kept[i]);
        fuzz_empty_shelf(run, &fuzz.passed[i]);
    }
    memset(&sum, 0, sizeof sum);
    for (i = 0; i < fuzz.threads; i++) {
        const struct FuzzCounts *counts = &fuzz.runs[i].counts;
        sum.steps += counts->steps;
        sum.made += counts->made;
        sum.reallocs += counts->reallocs;
        sum.moved += counts->moved;
        sum.frees += counts->frees;
        sum.corruptions += counts->corruptions;
        sum.wrong += counts->wrong;
    }
    return sum;
}

#endif
