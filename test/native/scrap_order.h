/* SPDX-License-Identifier: MIT */
/* One heap, one thread: addresses of blocks, freed in any order. */
#ifndef POOLNV_TEST_SCRAP_ORDER_H
#define POOLNV_TEST_SCRAP_ORDER_H

#include "scrap_play.h"

static void test_order(void) {
    struct ScrapHeap heap;
    unsigned char *first, *second, *third;

    group_begin("the order of frees");
    vanilla_open(64 * MB, POOL_RECYCLE);
    memset(&heap, 0xEE, sizeof heap);
    CHECK("the constructor returns the object", replace_scrap_init_fixed(&heap) == &heap);
    first = get(&heap, 100, 4, 1);
    second = get(&heap, 200, 4, 2);
    third = get(&heap, 300, 4, 3);
    CHECK("from the pool, upwards", POOL_OWNS(first) && second > first && third > second);
    CHECK("apart by header and rounding", second - first == 112 + 16);
    give(&heap, third);
    CHECK("the newest is used again", get(&heap, 50, 4, 4) == third);
    give(&heap, second); /* in the middle: only marked */
    CHECK("one in the middle is not", get(&heap, 10, 4, 5) > third);
    CHECK("nothing was touched", filled(first, 1, 100) && filled(third, 4, 50));
    give(&heap, third + 64 + 16); /* the 10 bytes behind */
    give(&heap, third);           /* now both of them and the second go */
    CHECK("back over all of them", get(&heap, 200, 4, 6) == second);
    give(&heap, second);
    give(&heap, first);
    CHECK("to the start", get(&heap, 1, 1, 7) == first);
    give(&heap, first);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && stats().scrap_allocs == 7);
    CHECK("in no other counter", stats().pool_allocs == 0 && stats().total_frees == 0);
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0 && scrap.purges == 0);
    CHECK("zero bytes are a block", get(&heap, 0, 0, 0) != get(&heap, 0, 0, 0));
    replace_scrap_init(&heap, 300000);
    CHECK("an initialisation gives back, too", stats().current_used == 0 && walk() == 0);
}

/* Of a block with a gap in front the end counts, wherever the search for its place began. */
static void test_alignment(void) {
    static const size_t alignments[] = {0, 1, 4, 8, 16, 32, 64, 256, 4096, 65536, 1 << 20};
    enum { COUNT = 2000 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    struct ScrapHeap heap;
    uint64_t seed = 11;
    uint32_t index, aligned = 0, block_to_free = 0;

    group_begin("alignment");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init(&heap, 0x20000);
    for (index = 0; index < COUNT; index++) {
        size_t alignment = alignments[random_next(&seed) % (index % 50 != 0 ? 9 : 11)];
        sizes[index] = 1 + random_next(&seed) % (index % 10 != 0 ? 100 : 3000);
        blocks[index] = get(&heap, sizes[index], alignment, (int)index);
        aligned += (uintptr_t)blocks[index] % (alignment < 16 ? 16 : alignment) == 0;
    }
    CHECK("every alignment", aligned == COUNT);
    CHECK("walk", walk() == 0);
    for (index = COUNT; index-- != 0;) {
        block_to_free += filled(blocks[index], (int)index, sizes[index]);
        give(&heap, blocks[index]);
    }
    CHECK("no two overlap", block_to_free == COUNT);
    CHECK("back to one chunk and a spare", stats().current_used <= 128 * 1024 * 2);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && walk() == 0);
    for (index = 0; index < 10000; index++)
        give(&heap, get(&heap, 100, 4096, 1));
    CHECK("gaps do not add up", stats().current_used <= 128 * 1024 * 2);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0);
}

static void test_random(void) {
    struct ScrapHeap heap;
    uint32_t wrong = 0, round;

    group_begin("any order");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    for (round = 0; round < 10; round++) {
        play(&heap, round + 5, 10000, &wrong);
        CHECK("walk", walk() == 0);
    }
    CHECK("contents", wrong == 0);
    CHECK("went back", stats().current_used <= 128 * 1024 * 3);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && stats().scrap_fallbacks == 0);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0);
}

static void test_large(void) {
    struct ScrapHeap heap;
    unsigned char *small, *large, *next;
    uint64_t used;

    group_begin("more than a chunk");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    small = get(&heap, 1000, 16, 1);
    used = stats().current_used;
    CHECK("the first chunk has 64 KB", used == 65536);
    large = get(&heap, 5 * MB, 16, 2);
    next = get(&heap, 60000, 16, 3);
    CHECK("all of it there", filled(small, 1, 1000) && filled(large, 2, 5 * MB));
    CHECK("and the next", POOL_OWNS(large) && POOL_OWNS(next) && filled(next, 3, 60000));
    CHECK("walk", walk() == 0);
    give(&heap, next);
    give(&heap, large);
    CHECK("a large chunk is not retained", stats().current_used <= used + 131072);
    CHECK("filled on in the first", get(&heap, 1000, 16, 4) == small + 1008 + 16);
    CHECK("invalid sizes", replace_scrap_allocate(&heap, (size_t)-1, 4) == NULL &&
                               replace_scrap_allocate(&heap, (size_t)-40, 64) == NULL);
    CHECK("are fallbacks that failed", stats().scrap_fallbacks == 2);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0);
}

/* Freed in the order of allocation: the newest block is always live. */
static void test_queue(void) {
    enum { WAITING = 500 };
    static unsigned char *blocks[WAITING];
    struct ScrapHeap heap;
    uint32_t index, wrong = 0;

    group_begin("the oldest first");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    for (index = 0; index < 200000; index++) {
        unsigned char **slot = &blocks[index % WAITING];
        if (*slot != NULL) {
            wrong += !filled(*slot, (int)(index - WAITING), 200);
            give(&heap, *slot);
        }
        *slot = get(&heap, 200, 4, (int)index);
    }
    CHECK("contents", wrong == 0);
    CHECK("chunks below the newest come back", stats().current_used <= 128 * 1024 * 5);
    CHECK("walk", walk() == 0);
}

#endif
