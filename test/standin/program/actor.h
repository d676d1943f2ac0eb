/* The threads of the program, and what each has done. */
#ifndef STANDIN_ACTOR_H
#define STANDIN_ACTOR_H

#include "game.h"

/* What can be called, in groups: the C runtime, the game's heap, scrap heaps. Each is one call of
 * one entry point by the program's own work; what an entry calls in turn is not counted. */
#define CRT_CALLS(KIND)                                                                            \
    KIND(malloc) KIND(calloc) KIND(realloc) KIND(recalloc) KIND(msize) KIND(free)
#define HEAP_CALLS(KIND) KIND(heap_allocate) KIND(heap_reallocate) KIND(heap_msize) KIND(heap_free)
#define SCRAP_CALLS(KIND)                                                                          \
    KIND(scrap_of_thread)                                                                          \
    KIND(scrap_construct) KIND(scrap_allocate) KIND(scrap_free) KIND(scrap_destroy)
#define ALL_CALLS(KIND) CRT_CALLS(KIND) HEAP_CALLS(KIND) SCRAP_CALLS(KIND)

#define CALL_FIELD(name) uint64_t name;
struct Calls {
    ALL_CALLS(CALL_FIELD)
};

/* A thread of the program. Written by that thread alone; readers may be a little late. */
struct Actor {
    const char *name;
    DWORD thread_id;
    uint32_t random;       /* state of its random numbers */
    uint32_t turn;         /* to take the entry points of one purpose by turns */
    struct Calls calls;    /* made by its work */
    struct Calls arrivals; /* of calls in the vanilla code; nested ones too */
    uint64_t stale_reads;  /* looks at blocks that had been freed */
    uint64_t stale_lost;   /* of them, whose contents were no longer there */
};

/* Makes the calling thread one of the program's.
 *
 * name: what reports call it; stays valid
 * seed: of its random numbers */
struct Actor *actor_enter(const char *name, uint32_t seed);

/* The calling thread; one for all of those that are not of the program, whose counts are rough. */
struct Actor *actor_here(void);

/* Sums of all threads. */
struct Calls actors_calls(void);
struct Calls actors_arrivals(void);
void actors_stale(uint64_t *reads, uint64_t *lost);

/* xorshift32: the same sequence everywhere. */
static inline uint32_t random_below(struct Actor *actor, uint32_t limit) {
    uint32_t x = actor->random;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    actor->random = x;
    return (uint32_t)((uint64_t)x * limit >> 32);
}

#endif
