/* A long session of a game in short: cells are loaded and left, and with them sizes and lifetimes
 * of blocks drift, while what lives at a time stays bounded. Contents are looked at where a block
 * begins and ends. */
#ifndef TEST_SESSION_H
#define TEST_SESSION_H

#include "portable.h"

#define SESSION_THREADS    4
#define SESSION_CELLS      8   /* loaded at a time, by each thread */
#define SESSION_CELL       512 /* places for blocks in a cell */
#define SESSION_PLACES     (SESSION_CELLS * SESSION_CELL)
#define SESSION_PHASE      65536 /* operations until the oldest cell is left for a new one */
#define SESSION_LEAST      8     /* bytes: the marks at both ends of a block */
#define SESSION_SIZE_STEPS 6

struct SessionBlock {
    unsigned char *at; /* 0: there is none */
    uint32_t size;     /* bytes */
    uint32_t mark;     /* its first and its last four bytes */
};

struct SessionCounts {
    uint64_t operations; /* calls of the allocation functions */
    uint64_t mallocs, callocs, reallocs, moved, frees, corruptions;
};

/* The blocks of one thread; the next part of the session another one has them. */
struct SessionPlaces {
    struct SessionBlock blocks[SESSION_PLACES];
    uint32_t random; /* state, not 0 */
    uint32_t phase;  /* which sizes are usual, and which cell is the newest */
    uint32_t left;   /* operations of the phase */
    struct SessionCounts counts;
};

static struct Session {
    struct SessionPlaces places[SESSION_THREADS];
    uint64_t operations; /* of each thread in this part */
    unsigned part;       /* from 1; 0 before the session began */
} session;

/* xorshift32: a session is long, and 64-bit arithmetic is slow in 32 bits. */
static uint32_t session_random(struct SessionPlaces *places) {
    uint32_t random = places->random;
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    return places->random = random;
}

static void session_mark(struct SessionBlock *block, uint32_t mark) {
    block->mark = mark;
    memcpy(block->at, &mark, sizeof mark);
    memcpy(block->at + block->size - sizeof mark, &mark, sizeof mark);
}

/* Whether the mark is still there, `end` bytes from the beginning too. */
static int session_holds(const struct SessionBlock *block, uint32_t end) {
    return memcmp(block->at, &block->mark, sizeof block->mark) == 0 &&
           (end == 0 ||
            memcmp(block->at + end - sizeof block->mark, &block->mark, sizeof block->mark) == 0);
}

static uint32_t session_size(struct SessionPlaces *places) {
    uint32_t random = session_random(places);
    uint32_t range = 32u << places->phase % SESSION_SIZE_STEPS;
    if (random % 1024 == 0)
        range = 98304;
    else if (random % 64 == 0)
        range *= 16;
    return SESSION_LEAST + (random >> 10) % range;
}

static void session_free(struct SessionPlaces *places, struct SessionBlock *block) {
    if (!session_holds(block, block->size))
        places->counts.corruptions++;
    free(block->at);
    block->at = 0;
    places->counts.frees++;
    places->counts.operations++;
}

static void session_make(struct SessionPlaces *places, struct SessionBlock *block) {
    uint32_t random = session_random(places), zero = 0;
    block->size = session_size(places);
    if (random % 16 == 0) {
        block->at = calloc(1, block->size);
        block->mark = 0;
        places->counts.callocs++;
        if (memcmp(block->at, &zero, sizeof zero) != 0 || !session_holds(block, block->size))
            places->counts.corruptions++;
    } else {
        block->at = malloc(block->size);
        places->counts.mallocs++;
    }
    session_mark(block, random);
    places->counts.operations++;
}

static void session_resize(struct SessionPlaces *places, struct SessionBlock *block) {
    uint32_t size = session_size(places);
    unsigned char *old = block->at;
    block->at = realloc(old, size);
    places->counts.reallocs++;
    places->counts.moved += block->at != old;
    if (!session_holds(block, block->size <= size ? block->size : 0))
        places->counts.corruptions++;
    block->size = size;
    session_mark(block, session_random(places));
    places->counts.operations++;
}

/* The oldest cell is left: its blocks are freed, its places become the newest cell. */
static void session_next_phase(struct SessionPlaces *places) {
    struct SessionBlock *block, *end;
    places->phase++;
    places->left = SESSION_PHASE;
    block = &places->blocks[places->phase % SESSION_CELLS * SESSION_CELL];
    for (end = block + SESSION_CELL; block < end; block++)
        if (block->at != 0)
            session_free(places, block);
}

/* Mostly in the newest cell, where blocks live shortly; the others keep most of what they have. */
static void session_operation(struct SessionPlaces *places) {
    uint32_t random = session_random(places);
    uint32_t newest = places->phase % SESSION_CELLS * SESSION_CELL;
    uint32_t place =
        random % 8 != 0 ? newest + (random >> 8) % SESSION_CELL : (random >> 8) % SESSION_PLACES;
    struct SessionBlock *block = &places->blocks[place];
    if (block->at == 0)
        session_make(places, block);
    else if ((random >> 3) % 8 == 0)
        session_resize(places, block);
    else
        session_free(places, block);
}

/* One thread's share of a part; blocks go round among the threads. */
static void session_share(unsigned thread) {
    struct SessionPlaces *places = &session.places[(thread + session.part) % SESSION_THREADS];
    uint64_t end = places->counts.operations + session.operations;
    while (places->counts.operations < end) {
        if (places->left-- == 0)
            session_next_phase(places);
        session_operation(places);
    }
}

/* Begins the next part, of so many operations in all. */
static void session_begin(uint64_t seed, uint64_t operations) {
    unsigned i;
    for (i = 0; i < SESSION_THREADS && session.part == 0; i++)
        session.places[i].random = (uint32_t)(seed * 2654435761u + i) | 1;
    session.part++;
    session.operations = (operations + SESSION_THREADS - 1) / SESSION_THREADS;
}

/* Frees all that lives. */
static void session_leave(void) {
    unsigned i, place;
    for (i = 0; i < SESSION_THREADS; i++)
        for (place = 0; place < SESSION_PLACES; place++)
            if (session.places[i].blocks[place].at != 0)
                session_free(&session.places[i], &session.places[i].blocks[place]);
}

/* What was done since the beginning. */
static struct SessionCounts session_counts(void) {
    struct SessionCounts sum = {0, 0, 0, 0, 0, 0, 0};
    unsigned i;
    for (i = 0; i < SESSION_THREADS; i++) {
        const struct SessionCounts *counts = &session.places[i].counts;
        sum.operations += counts->operations;
        sum.mallocs += counts->mallocs;
        sum.callocs += counts->callocs;
        sum.reallocs += counts->reallocs;
        sum.moved += counts->moved;
        sum.frees += counts->frees;
        sum.corruptions += counts->corruptions;
    }
    return sum;
}

#endif
