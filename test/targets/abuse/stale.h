/* Blocks that are used after they were freed. */
#ifndef TEST_ABUSE_STALE_H
#define TEST_ABUSE_STALE_H

#include "pointers.h"

/* What was in it stays until somebody else has it. */
static void read_freed(uint64_t *random) {
    size_t size = any_size(random);
    unsigned char *block = get(size), mark = mark_of(block);
    int inside = is_inside(block);
    put(block);
    if (inside)
        expect_intact(launder(block), size, mark);
}

/* Writing does no harm either, as long as it stays within the block. */
static void write_freed(uint64_t *random) {
    size_t size = any_size(random);
    unsigned char *block = get(size);
    int inside = is_inside(block);
    put(block);
    if (inside)
        memset(launder(block), 0xA5, size);
}

static void resize_freed(uint64_t *random) {
    size_t size = any_size(random);
    unsigned char *block = get(size), mark = mark_of(block);
    int inside = is_inside(block);
    put(block);
    if (!inside || pool.bumps) /* to a pool that never reuses it is alive */
        return;
    realloc_corrupt(block, any_size(random));
    realloc_corrupt(block, 0);
    measure_corrupt(block);
    expect_intact(launder(block), size, mark);
}

#endif
