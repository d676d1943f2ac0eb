/* Frees that are none. */
#ifndef TEST_ABUSE_FREES_H
#define TEST_ABUSE_FREES_H

#include "accomplice.h"
#include "pointers.h"

static void free_nothing(uint64_t *random) {
    (void)random;
    put(0);
}

/* By the same thread or by another, in either order. Nobody can have got the block in between: what
 * a thread frees is on top of its own cache, and pages of their own only the abuser has. */
static void free_twice(uint64_t *random) {
    size_t size = any_size(random);
    unsigned char *block = get(size), mark = mark_of(block);
    uint64_t dice = next_random(random), again = 1 + (dice >> 8) % 3;
    if (block == 0 || !is_inside(block)) {
        put(block);
        return;
    }
    note_free(block);
    if (dice % 3 == 0)
        let_free(block);
    else
        free(block);
    while (again-- != 0) {
        note_double_free();
        if (dice % 3 == 1)
            let_free(launder(block));
        else
            free(launder(block));
    }
    expect_intact(launder(block), size, mark);
}

static void free_inside(uint64_t *random) {
    size_t size = 2 + any_size(random);
    unsigned char *block = get(size);
    if (block != 0 && is_inside(block)) {
        free_corrupt(interior_pointer(block, size, random));
        realloc_corrupt(interior_pointer(block, size, random), any_size(random));
        measure_corrupt(interior_pointer(block, size, random));
    }
    put_checked(block, size);
}

static void free_wild(uint64_t *random) {
    unsigned char *pointer = wild_pointer(random);
    switch (next_random(random) % 4) {
    case 0:
        realloc_corrupt(pointer, any_size(random));
        break;
    case 1:
        measure_corrupt(pointer);
        break;
    default:
        free_corrupt(pointer);
    }
}

/* A header that was copied is bound to the place it comes from. */
static void free_copied_header(uint64_t *random) {
    size_t size = 64 + any_size(random), at;
    unsigned char *block = get(size), *copy;
    if (block != 0 && is_inside(block)) {
        at = 16 + (size_t)(next_random(random) % (size - 32)) / 16 * 16;
        copy = block + at;
        memcpy(copy - 12, block - 12, 12);
        free_corrupt(copy);
        realloc_corrupt(copy, 100);
        fill(block, size);
    }
    put_checked(block, size);
}

/* Stack, variables, and the pool's own tables: the original has to judge them, and that of Wine
 * takes no harm. glibc ends the program, as it does without a pool. */
static void free_foreign(uint64_t *random) {
#ifdef _WIN32
    static uint64_t global[8];
    uint64_t local[8];
    unsigned char *pointer;
    memset(global, 0, sizeof global);
    memset(local, 0, sizeof local);
    switch (next_random(random) % 3) {
    case 0:
        pointer = (unsigned char *)(global + 4);
        break;
    case 1:
        pointer = (unsigned char *)(local + 4);
        break;
    default:
        pointer = (unsigned char *)pool.readable + 64;
    }
    note_free(pointer);
    free(launder(pointer));
#else
    free_wild(random);
#endif
}

#endif
