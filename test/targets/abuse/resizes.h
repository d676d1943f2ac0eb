/* Good use that must stay good amid the abuse: blocks that grow, shrink and vanish. */
#ifndef TEST_ABUSE_RESIZES_H
#define TEST_ABUSE_RESIZES_H

#include "pointers.h"

/* From NULL, to and fro, to nothing. */
static void resize(uint64_t *random) {
    size_t size = any_size(random), next;
    unsigned char *block = realloc(0, size), *moved, mark;
    unsigned steps = (unsigned)(next_random(random) % 4);
    ledger.reallocs++;
    EXPECT(block != 0);
    fill(block, size);
    while (steps-- != 0) {
        next = any_size(random);
        mark = mark_of(block);
        errno = ERRNO_MARK;
        moved = realloc(block, next);
        ledger.reallocs++;
        EXPECT(moved != 0);
        EXPECT(!is_inside(moved) || errno == ERRNO_MARK);
        EXPECT(!is_inside(moved) || size_of(moved) == next);
        expect_intact(moved, size < next ? size : next, mark);
        fill(moved, next);
        block = moved;
        size = next;
    }
    if (next_random(random) % 2 == 0) {
        put_checked(block, size);
        return;
    }
    mark = mark_of(block);
    ledger.reallocs++;
    EXPECT(realloc(block, 0) == 0);
    if (is_inside(block))
        expect_intact(launder(block), size, mark);
}

static void zeroed(uint64_t *random) {
    size_t count = 1 + (size_t)(next_random(random) % 60), size = any_size(random) / count;
    unsigned char *block;
    errno = ERRNO_MARK;
    block = calloc(count, size);
    EXPECT(block != 0);
    EXPECT(!is_inside(block) || errno == ERRNO_MARK);
    expect_intact(block, count * size, 0);
    fill(block, count * size);
    put_checked(block, count * size);
}

#endif
