/* Threads that come and go, with blocks that outlive those who made them. */
#ifndef TEST_PASSING_THREADS_H
#define TEST_PASSING_THREADS_H

#include "checked_calls.h"

#define CROWD_LIMIT 160

struct Passer {
    thread_t thread;
    struct Caller *caller;
    uint64_t seed, calls;
    int empties;
    signal_t done, leave; /* only in a crowd */
    int waits;
};

static struct Passer passers[CROWD_LIMIT];
static struct Caller passing_callers[CROWD_LIMIT];

THREAD_BODY(pass, argument) {
    struct Passer *passer = argument;
    uint64_t i, random = passer->seed;
    for (i = 0; i < passer->calls; i++)
        one_call(passer->caller, &random);
    if (passer->waits) {
        raise_signal(&passer->done);
        await_signal(&passer->leave);
    }
    if (passer->empties)
        empty_slots(passer->caller);
    THREAD_END;
}

static void start_passer(struct Passer *passer, uint64_t seed, uint64_t calls) {
    passer->seed = seed;
    passer->calls = calls;
    start_thread(&passer->thread, pass, passer);
}

/* Calls of `count` threads, one after another, on the same blocks. */
static struct Counts relay(uint64_t seed, uint64_t calls, unsigned count) {
    struct Passer *passer = &passers[0];
    unsigned i;
    passer->caller = &passing_callers[0];
    passer->waits = 0;
    memset(&passer->caller->counts, 0, sizeof passer->caller->counts);
    for (i = 0; i < count; i++) {
        passer->empties = i + 1 == count;
        start_passer(passer, seed * 0x9e3779b97f4a7c15ull + i + 1, calls / count);
        join_thread(passer->thread);
    }
    return passer->caller->counts;
}

/* Calls of `count` threads, none of which ends before all have made theirs. */
static struct Counts crowd(uint64_t seed, uint64_t calls, unsigned count) {
    struct Counts sum = {0, 0, 0, 0, 0, 0};
    unsigned i;
    if (count > CROWD_LIMIT)
        count = CROWD_LIMIT;
    for (i = 0; i < count; i++) {
        struct Passer *passer = &passers[i];
        passer->caller = &passing_callers[i];
        memset(&passer->caller->counts, 0, sizeof passer->caller->counts);
        passer->waits = 1;
        passer->empties = i % 2;
        create_signal(&passer->done);
        create_signal(&passer->leave);
        start_passer(passer, seed * 0x9e3779b97f4a7c15ull + i + 1, calls / count);
    }
    for (i = 0; i < count; i++)
        await_signal(&passers[i].done);
    for (i = 0; i < count; i++)
        raise_signal(&passers[i].leave);
    for (i = 0; i < count; i++) {
        join_thread(passers[i].thread);
        empty_slots(passers[i].caller);
        add_counts(&sum, &passers[i].caller->counts);
    }
    return sum;
}

#endif
