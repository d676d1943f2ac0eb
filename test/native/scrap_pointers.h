/* SPDX-License-Identifier: MIT */
/* Pointers that are no block of the heap: of no heap, of another heap, or of the game.
 */
#ifndef POOLNV_TEST_SCRAP_POINTERS_H
#define POOLNV_TEST_SCRAP_POINTERS_H

#include "scrap_play.h"

static void test_misuse(void) {
    struct ScrapHeap heap, other;
    struct PoolSnapshot before;
    unsigned char *first, *second, *third, *block;
    uint32_t distance;

    group_begin("double, interior and wild frees");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    replace_scrap_init_fixed(&other);
    first = get(&heap, 100, 4, 1);
    second = get(&heap, 100, 4, 2);
    third = get(&heap, 100, 4, 3);
    block = replace_malloc(100);
    give(&heap, NULL);
    give(&heap, second);
    give(&heap, second);
    CHECK("twice", stats().double_frees == 1 && stats().pool_frees_ignored == 1);
    before = stats();
    for (distance = 1; distance < 100; distance++)
        give(&heap, first + distance);
    CHECK("in the middle", stats().corrupt_headers == before.corrupt_headers + 99);
    memcpy(first + 16, first - 16, 16);
    give(&heap, first + 32);
    CHECK("a copied header", stats().corrupt_headers == before.corrupt_headers + 100);
    give(&heap, block);
    give(&heap, (char *)native_region + 100);
    give(&heap, (char *)native_region + 16);
    give(&heap, (char *)native_region + native_region_bytes - 16);
    replace_free(first);
    replace_game_free(game_object, third);
    CHECK("of no heap, or of another layer",
          stats().corrupt_headers == before.corrupt_headers + 106);
    CHECK("all live ones are whole", filled(third, 3, 100) && POOL_OWNS(block) &&
                                         stats().total_frees == stats().pool_frees_ignored);
    give(&other, third); /* another heap's: by its chunk it is known */
    CHECK("through another heap", get(&heap, 5, 4, 1) == second);
    give(&heap, second);
    first[-4] ^= 1; /* overrun */
    give(&heap, first);
    CHECK("a damaged one", stats().corrupt_headers == before.corrupt_headers + 107);
    second = get(&heap, 100, 4, 2);
    first[-4] ^= 1;
    first[-15] ^= 1;
    give(&heap, second);
    CHECK("is as far as it goes back", get(&heap, 50, 4, 2) == second);
    replace_scrap_purge(&heap);
    before = stats();
    give(&heap, second);
    give(&heap, first);
    CHECK("after a purge", stats().corrupt_headers == before.corrupt_headers + 2);
    first = get(&heap, 100, 4, 1);
    replace_scrap_purge(&heap);
    second = get(&other, 9000, 256, 9);
    CHECK("with the pages in use by another", first > second - 256 && first < second);
    CHECK("and the header is as it was", SCRAP_BLOCK(POOL_OFFSET(first) - 16)->state == SCRAP_LIVE);
    give(&heap, first);
    CHECK("not believed", stats().corrupt_headers == before.corrupt_headers + 3);
    CHECK("none reached the game", scrap.frees == 0 && walk() == 0);
}

static void test_attach(void) {
    struct VanillaScrap heap, idle;
    struct ScrapHeap fresh;
    unsigned char *old[4], *ours[4], *before_init;
    int index;

    group_begin("attach to heaps in use");
    vanilla_open(64 * MB, POOL_RECYCLE);
    vanilla_scrap_init(&heap, 100000);
    vanilla_scrap_init(&idle, 100000);
    for (index = 0; index < 4; index++) {
        old[index] = vanilla_scrap_allocate(&heap, 100, 16);
        memset(old[index], index, 100);
    }
    for (index = 0; index < 4; index++)
        ours[index] = get(&heap, 100, 64, index + 50);
    CHECK("new blocks are the pool's", POOL_OWNS(ours[0]) && scrap.allocates == 4);
    give(&heap, old[3]);
    give(&heap, ours[1]);
    give(&heap, old[1]);
    CHECK("old ones are freed by the game", scrap.frees == 2 && scrap.wrong == 0);
    CHECK("which goes back over them",
          (unsigned char *)heap.last == old[2] - sizeof(struct VanillaBlock));
    CHECK("contents", filled(old[0], 0, 100) && filled(old[2], 2, 100) &&
                          filled(ours[0], 50, 100) && filled(ours[2], 52, 100) &&
                          filled(ours[3], 53, 100));
    pool_set_active(0);
    CHECK("off: the game's go on", !POOL_OWNS(get(&heap, 10, 4, 1)) && scrap.allocates == 5);
    pool_set_active(1);
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&heap);
    CHECK("a purge gives both back", scrap.purges == 1 && scrap.buffers == 1);
    CHECK("all", stats().current_used == 0 && walk() == 0);
    ours[0] = get(&heap, 100, 4, 1);
    give(&heap, ours[0]);
    replace_scrap_purge(&heap);
    CHECK("from then on it is ours", POOL_OWNS(ours[0]) && scrap.purges == 1);
    replace_scrap_purge(&idle);
    CHECK("one that was not used in between", scrap.purges == 2 && scrap.buffers == 0);

    vanilla_scrap_init(&heap, 100000);
    old[0] = vanilla_scrap_allocate(&heap, 100, 16);
    before_init = heap.base; /* the game would forget it as well */
    replace_scrap_init(&heap, 100000);
    ours[0] = get(&heap, 100, 16, 1);
    CHECK("an initialisation makes it ours", POOL_OWNS(ours[0]));
    give(&heap, old[0]);
    CHECK("older blocks are no blocks any more", stats().corrupt_headers == 1 && scrap.frees == 2);
    free(before_init);
    replace_scrap_purge(&heap);
    memset(&fresh, 0xEE, sizeof fresh);
    pool_set_active(0);
    replace_scrap_init(&fresh, 70000);
    CHECK("made while off: the game's",
          !POOL_OWNS(get((void *)&fresh, 10, 4, 1)) && scrap.buffers == 2);
    pool_set_active(1);
    CHECK("and then as one from before", POOL_OWNS(get((void *)&fresh, 10, 4, 1)));
    replace_scrap_purge(&fresh);
    CHECK("all back", stats().current_used == 0 && scrap.buffers == 1 && walk() == 0);
}

#endif
