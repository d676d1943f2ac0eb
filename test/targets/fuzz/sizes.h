/* Sizes and alignments that a fuzz asks for: mostly small, often at an edge of what the pool does,
 * seldom huge. */
#ifndef TEST_FUZZ_SIZES_H
#define TEST_FUZZ_SIZES_H

#include "../portable.h"

/* The largest request of each size class of the pool; test/cmodule/fuzz.c compares it with the
 * pool's own. */
static const uint16_t fuzz_class_edges[] = {
    4,     12,    20,    36,    52,    68,    84,    100,   116,   132,   148,   164,   180,
    196,   212,   228,   244,   260,   292,   324,   356,   388,   420,   452,   484,   516,
    580,   644,   708,   772,   836,   900,   964,   1028,  1156,  1284,  1412,  1540,  1668,
    1796,  1924,  2084,  2324,  2596,  2836,  3108,  3332,  3620,  3860,  4164,  4660,  5156,
    5652,  6244,  6676,  7268,  7684,  8340,  9348,  10404, 11444, 12484, 13380, 14548, 15460,
    16724, 18708, 20772, 22740, 25108, 26900, 29108, 31108, 32768,
};

#define FUZZ_CLASSES    (sizeof fuzz_class_edges / sizeof *fuzz_class_edges)
#define FUZZ_PAGE_BYTES 8192u
#define FUZZ_FIRST      16u /* bytes of a large block's first page that are not the program's */
#define FUZZ_LARGEST    (4u << 20)

/* A number below `range`. */
static uint32_t fuzz_pick(uint64_t *random, uint32_t range) {
    return (uint32_t)(next_random(random) >> 32) % range;
}

static size_t fuzz_near(uint64_t *random, size_t edge) {
    size_t size = edge + fuzz_pick(random, 5);
    return size < 2 ? 0 : size - 2;
}

static size_t fuzz_size(uint64_t *random) {
    uint32_t dice = fuzz_pick(random, 4000);
    if (dice < 100)
        return 0;
    if (dice < 2200)
        return fuzz_pick(random, 257);
    if (dice < 2950)
        return fuzz_near(random, fuzz_class_edges[fuzz_pick(random, FUZZ_CLASSES)]);
    if (dice < 3900)
        return fuzz_pick(random, 2049);
    if (dice < 3980)
        return fuzz_pick(random, 40000);
    if (dice < 3998)
        return fuzz_near(random, (1 + fuzz_pick(random, 40)) * FUZZ_PAGE_BYTES - FUZZ_FIRST);
    return fuzz_pick(random, FUZZ_LARGEST);
}

/* A power of two; whole pages and more are rare. */
static size_t fuzz_alignment(uint64_t *random) {
    uint32_t dice = fuzz_pick(random, 100);
    uint32_t powers = dice < 85 ? 9 : dice < 99 ? 13 : 17;
    return (size_t)1 << fuzz_pick(random, powers);
}

/* More than any address space has room for, but not so much that adding to it wraps. */
static size_t fuzz_absurd_size(uint64_t *random) {
    return SIZE_MAX - SIZE_MAX / 8 - fuzz_pick(random, UINT32_MAX / 16);
}

#endif
