/* Four threads that take all memory there is and give it back, and know what the pool has to have
 * counted of it. */
#ifndef TEST_GLUT_H
#define TEST_GLUT_H

#include "checked_calls.h"
#include "find_control.h"

#define GLUTTONS        4
#define MORSEL_LIMIT    140000
#define GLUT_MOST       65536u /* bytes of the first requests */
#define CALLS_WHEN_FULL 500

struct Morsel {
    unsigned char *block;
    size_t size;
    int aligned; /* to be freed as such */
};

struct Glut {
    uint64_t inside;  /* blocks the pool has given */
    uint64_t outside; /* blocks of the original that the pool was asked for first */
    uint64_t refused; /* requests that nobody could serve */
    uint64_t reallocs, frees, foreign;
    uint64_t corruptions;
    uint64_t wrongs; /* refusals without errno, misaligned results */
};

struct Glutton {
    thread_t thread;
    signal_t begin, done;
    void (*job)(struct Glutton *);
    uint64_t random;
    struct Glut glut;
    struct Morsel morsel[MORSEL_LIMIT];
    unsigned count;
};

static struct Glutton gluttons[GLUTTONS];
static uintptr_t glut_base, glut_bytes; /* of the pool's region */

static int is_from_pool(const void *block) { return (uintptr_t)block - glut_base < glut_bytes; }

/* ---- one call ---- */

static void note_refusal(struct Glut *glut, int error) {
    glut->refused++;
    if (error != ENOMEM)
        glut->wrongs++;
}

static void note_block(struct Glut *glut, const void *block) {
    if (is_from_pool(block))
        glut->inside++;
    else
        glut->outside++;
    if (((uintptr_t)block & (2 * sizeof(void *) - 1)) != 0)
        glut->wrongs++;
}

static unsigned char *aligned_block(size_t size, size_t alignment, int *error) {
#ifdef _WIN32
    unsigned char *block = _aligned_malloc(size, alignment);
    *error = errno;
    return block;
#else
    void *block = 0;
    *error = posix_memalign(&block, alignment, size);
    return block;
#endif
}

/* Whether there was a block of the pool, and a place to note it. */
static int devour(struct Glutton *glutton, size_t size) {
    struct Morsel *morsel = &glutton->morsel[glutton->count];
    uint64_t dice = next_random(&glutton->random);
    int error;
    if (glutton->count == MORSEL_LIMIT)
        return 0;
    errno = 0;
    morsel->aligned = dice % 16 == 0;
    if (morsel->aligned) {
        morsel->block = aligned_block(size, (size_t)16 << (dice >> 8) % 9, &error);
    } else {
        morsel->block = dice % 4 == 1 ? calloc(1, size) : malloc(size);
        error = errno;
    }
    if (morsel->block == 0) {
        note_refusal(&glutton->glut, error);
        return 0;
    }
    if (dice % 4 == 1 && !is_intact(morsel->block, size, 0))
        glutton->glut.corruptions++;
    note_block(&glutton->glut, morsel->block);
    morsel->size = size;
    fill(morsel->block, size);
    glutton->count++;
    return is_from_pool(morsel->block);
}

/* One that is not from the pool only shrinks: an original that can't let it grow asks malloc, which
 * is the pool again. */
static void chew(struct Glutton *glutton, size_t size) {
    struct Morsel *morsel;
    unsigned char *moved;
    if (glutton->count == 0)
        return;
    morsel = &glutton->morsel[next_random(&glutton->random) % glutton->count];
    if (morsel->aligned)
        return;
    if (!is_from_pool(morsel->block))
        size = 1 + size % morsel->size;
    glutton->glut.reallocs++;
    errno = 0;
    moved = realloc(morsel->block, size);
    if (moved == 0) {
        note_refusal(&glutton->glut, errno);
        return;
    }
    if (!is_intact(moved, size < morsel->size ? size : morsel->size, mark_of(morsel->block)))
        glutton->glut.corruptions++;
    if (moved != morsel->block && is_from_pool(morsel->block))
        note_block(&glutton->glut, moved);
    morsel->block = moved;
    morsel->size = size;
    fill(moved, size);
}

/* ---- jobs ---- */

/* Takes until not even a byte comes from the pool, and then asks on. */
static void take_all(struct Glutton *glutton) {
    size_t most = GLUT_MOST;
    unsigned i;
    while (most != 0) {
        size_t size = 1 + (size_t)(next_random(&glutton->random) % most);
        if (next_random(&glutton->random) % 8 == 0)
            chew(glutton, size);
        else if (!devour(glutton, size))
            most /= 2;
    }
    for (i = 0; i < CALLS_WHEN_FULL; i++) {
        size_t size = 1 + (size_t)(next_random(&glutton->random) % 4096);
        if (i % 2 == 0)
            chew(glutton, size);
        else
            devour(glutton, size);
    }
}

/* Each gives back what another has taken, in another order. */
static void give_all(struct Glutton *glutton) {
    struct Glutton *other = &gluttons[(glutton - gluttons + 1) % GLUTTONS];
    while (other->count != 0) {
        struct Morsel *morsel = &other->morsel[next_random(&glutton->random) % other->count];
        if (!is_intact(morsel->block, morsel->size, mark_of(morsel->block)))
            glutton->glut.corruptions++;
        glutton->glut.frees++;
        if (!is_from_pool(morsel->block))
            glutton->glut.foreign++;
#ifdef _WIN32
        if (morsel->aligned)
            _aligned_free(morsel->block);
        else
#endif
            free(morsel->block);
        *morsel = other->morsel[--other->count];
    }
}

/* Asks for so much again and again, more than 32 bits can count in all, and gives it back. */
static uint64_t demanded_bytes, demanded_times;

static void demand(struct Glutton *glutton) {
    uint64_t i;
    for (i = 0; i < demanded_times; i++) {
        unsigned char *block;
        errno = 0;
        block = malloc((size_t)demanded_bytes);
        if (block == 0) {
            note_refusal(&glutton->glut, errno);
            continue;
        }
        note_block(&glutton->glut, block);
        block[0] = block[demanded_bytes - 1] = 1;
        glutton->glut.frees++;
        glutton->glut.foreign += !is_from_pool(block);
        free(block);
    }
}

/* ---- threads ---- */

THREAD_BODY(glut, argument) {
    struct Glutton *glutton = argument;
    for (;;) {
        await_signal(&glutton->begin);
        glutton->job(glutton);
        raise_signal(&glutton->done);
    }
    THREAD_END;
}

static void start_gluttons(void) {
    static int started;
    unsigned i;
    for (i = 0; i < GLUTTONS && !started; i++) {
        create_signal(&gluttons[i].begin);
        create_signal(&gluttons[i].done);
        start_thread(&gluttons[i].thread, glut, &gluttons[i]);
    }
    started = 1;
}

static void say_glut(unsigned count) {
    struct Glut sum;
    unsigned i;
    memset(&sum, 0, sizeof sum);
    for (i = 0; i < count; i++) {
        const struct Glut *glut = &gluttons[i].glut;
        sum.inside += glut->inside;
        sum.outside += glut->outside;
        sum.refused += glut->refused;
        sum.reallocs += glut->reallocs;
        sum.frees += glut->frees;
        sum.foreign += glut->foreign;
        sum.corruptions += glut->corruptions;
        sum.wrongs += glut->wrongs;
    }
    say_number("inside", sum.inside);
    say_number("outside", sum.outside);
    say_number("refused", sum.refused);
    say_number("reallocs", sum.reallocs);
    say_number("frees", sum.frees);
    say_number("foreign", sum.foreign);
    say_number("corruptions", sum.corruptions);
    say_number("wrongs", sum.wrongs);
}

/* The job, done by so many of them at a time. */
static void let_glut(void (*job)(struct Glutton *), uint64_t seed, unsigned count) {
    struct PoolControl *control = find_control();
    unsigned i;
    glut_base = control == 0 ? 0 : (uintptr_t)control->region_base;
    glut_bytes = control == 0 ? 0 : (uintptr_t)control->region_bytes;
    start_gluttons();
    for (i = 0; i < count; i++) {
        memset(&gluttons[i].glut, 0, sizeof gluttons[i].glut);
        gluttons[i].job = job;
        gluttons[i].random = seed * 0x9e3779b97f4a7c15ull + i + 1;
        raise_signal(&gluttons[i].begin);
    }
    for (i = 0; i < count; i++)
        await_signal(&gluttons[i].done);
    say_glut(count);
}

#endif
