/* Writing beyond one's own block: into the header of a neighbour, or into one's own. */
#ifndef TEST_ABUSE_OVERRUNS_H
#define TEST_ABUSE_OVERRUNS_H

#include "pointers.h"

#define HEADER_BYTES 12
#define FAMILY       24

/* Another value in one byte, or in a few that follow each other. */
static void damage(unsigned char *header, uint64_t *random) {
    uint64_t dice = next_random(random);
    unsigned at = (unsigned)(dice % HEADER_BYTES);
    unsigned last = (dice >> 8) % 3 != 0 ? at : at + (unsigned)((dice >> 16) % (HEADER_BYTES - at));
    unsigned char mask = (unsigned char)(1 + (dice >> 24) % 255);
    for (; at <= last; at++) {
        header[at] ^= mask;
        mask =
            mask == 255 ? 1 : mask + 1; /* no two fields alike: they are compared with each other */
    }
}

/* A block whose header is damaged is left alone, whatever is asked, until the header is whole. */
static void abuse_damaged(unsigned char *block, size_t size, uint64_t *random) {
    unsigned char header[HEADER_BYTES];
    memcpy(header, block - HEADER_BYTES, HEADER_BYTES);
    damage(block - HEADER_BYTES, random);
    free_corrupt(block);
    realloc_corrupt(block, any_size(random));
    realloc_corrupt(block, 0);
    measure_corrupt(block);
    memcpy(block - HEADER_BYTES, header, HEADER_BYTES);
    expect_intact(block, size, mark_of(block));
}

static void underrun(uint64_t *random) {
    size_t size = any_size(random);
    unsigned char *block = get(size);
    if (block != 0 && is_inside(block))
        abuse_damaged(block, size, random);
    put_checked(block, size);
}

/* Blocks of one class, and one among them that lies behind another. */
static void overrun(uint64_t *random) {
    unsigned char *block[FAMILY];
    size_t size = 1 + (size_t)(next_random(random) % 1000);
    unsigned i, j;
    for (i = 0; i < FAMILY; i++)
        block[i] = get(size);
    for (i = 0; i < FAMILY; i++)
        for (j = 0; j < FAMILY; j++)
            if (is_inside(block[j]) && block[j] > block[i] &&
                block[j] - block[i] <= (ptrdiff_t)(size + size / 4 + 48)) {
                abuse_damaged(block[j], size, random);
                i = j = FAMILY;
            }
    for (i = 0; i < FAMILY; i++)
        put_checked(block[i], size);
}

/* The header of a free block that waits in a cache: nobody looks at it before it is written anew.
 */
static void overrun_cached(uint64_t *random) {
    size_t size = 1 + (size_t)(next_random(random) % SMALL_MOST);
    unsigned char *block = get(size), *again;
    int inside = is_inside(block);
    put(block);
    if (!inside || pool.bumps || pool.has_quarantine)
        return;
    memset(launder(block) - HEADER_BYTES, (int)(next_random(random) & 0xff), HEADER_BYTES);
    again = get(size);
    EXPECT(again == block);
    put_checked(again, size);
}

#endif
