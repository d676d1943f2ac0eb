/* Sizes: none, around every class edge, and those that nobody can have. */
#ifndef TEST_ABUSE_SIZES_H
#define TEST_ABUSE_SIZES_H

#include "ledger.h"

#define SMALL_MOST 32768u
#define LARGE_MOST 300000u
#define HUGE_MOST  (6u << 20)

/* Mostly small; one in 16 with pages of its own, one in 1024 with megabytes of them. */
static size_t any_size(uint64_t *random) {
    uint64_t dice = next_random(random);
    size_t range = SMALL_MOST >> (dice & 7) >> (dice >> 3 & 1);
    if ((dice >> 10 & 1023) == 0)
        return LARGE_MOST + (size_t)(next_random(random) % (HUGE_MOST - LARGE_MOST));
    if ((dice >> 20 & 15) == 0)
        return SMALL_MOST + 1 + (size_t)(next_random(random) % (LARGE_MOST - SMALL_MOST));
    return 1 + (size_t)(next_random(random) % range);
}

/* No bytes, and still blocks of their own. */
static void ask_for_nothing(uint64_t *random) {
    unsigned char *block[4];
    unsigned i, j, factor = (unsigned)(next_random(random) % 1000);
    block[0] = malloc(0);
    block[1] = calloc(0, factor);
    block[2] = calloc(factor, 0);
    block[3] = realloc(0, 0);
    ledger.reallocs++;
    for (i = 0; i < 4; i++) {
        EXPECT(block[i] != 0);
        EXPECT(!is_inside(block[i]) || size_of(block[i]) == 0);
        for (j = 0; j < i; j++)
            EXPECT(block[i] != block[j]);
    }
    for (i = 0; i < 4; i++)
        put(block[i]);
}

/* One byte less than a class holds, as many, and one more, all of them written. */
static void ask_around_an_edge(uint64_t *random) {
    unsigned char *block[3];
    size_t edge, size;
    unsigned i;
    do
        edge =
            (size_t)pool.snapshot.classes[next_random(random) % pool.snapshot.class_count].max_size;
    while (edge > (1u << 20) || edge == 0);
    for (i = 0; i < 3; i++) {
        size = edge + i - 1;
        block[i] = get(size);
        EXPECT(block[i] != 0);
        EXPECT(is_inside(block[i]) ? size_of(block[i]) == size : size_of(block[i]) >= size);
    }
    for (i = 0; i < 3; i++)
        put_checked(block[i], edge + i - 1);
}

/* More than any address space has room for. */
static size_t impossible_size(uint64_t *random) {
    static const size_t less[] = {0,    1,    3,    4,    11,    12,    15,    16,    19,
                                  20,   24,   27,   28,   31,    32,    47,    48,    127,
                                  4095, 4096, 8191, 8192, 65535, 65536, 65552, 131072};
    uint64_t dice = next_random(random);
    if (dice % 4 == 0)
        return (size_t)-1 / 4 * 3 + 1 + (size_t)(next_random(random) % ((size_t)-1 / 4));
    return (size_t)-1 - less[(dice >> 8) % (sizeof less / sizeof *less)];
}

static void ask_for_the_impossible(uint64_t *random) {
    size_t size = impossible_size(random), kept = any_size(random), half = (size_t)-1 / 2 + 1;
    unsigned char *block = get(kept);
    EXPECT(block != 0);
    errno = 0;
    EXPECT(malloc(size) == 0);
    EXPECT(errno == ENOMEM);
    errno = 0;
    EXPECT(calloc(1, size) == 0);
    EXPECT(errno == ENOMEM);
    errno = 0;
    EXPECT(calloc(half, 2 + (size_t)(next_random(random) % 100)) == 0);
    EXPECT(errno == ENOMEM);
    errno = 0;
    EXPECT(calloc(size, size) == 0);
    EXPECT(errno == ENOMEM);
    errno = 0;
    EXPECT(realloc(block, size) == 0);
    EXPECT(errno == ENOMEM);
    ledger.reallocs++;
    errno = 0;
#ifdef _WIN32
#ifdef _UCRT
    EXPECT(_recalloc(block, half, 2) == 0);
    EXPECT(_recalloc(block, 1, size) == 0);
    ledger.reallocs += 2;
    EXPECT(errno == ENOMEM);
#endif
    EXPECT(_expand(block, size) == 0);
#else
    EXPECT(reallocarray(block, half, 2) == 0);
    EXPECT(errno == ENOMEM);
    EXPECT(reallocarray(block, size, 3) == 0);
    ledger.reallocs += 2;
#endif
    EXPECT(!is_inside(block) || size_of(block) == kept);
    put_checked(block, kept);
}

#endif
