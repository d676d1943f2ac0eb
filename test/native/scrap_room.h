/* SPDX-License-Identifier: MIT */
/* No space: in the pool, or in the table of heaps. */
#ifndef POOLNV_TEST_SCRAP_ROOM_H
#define POOLNV_TEST_SCRAP_ROOM_H

#include "scrap_play.h"

static void test_full(void) {
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    struct ScrapHeap heap, second;
    struct VanillaScrap game_heap;
    uint32_t index, ours = 0, wrong = 0;

    group_begin("a full pool");
    vanilla_open(1 * MB, POOL_RECYCLE);
    vanilla_scrap_init_fixed(&game_heap);
    replace_scrap_init_fixed(&heap);
    replace_scrap_init_fixed(&second);
    for (index = 0; index < COUNT; index++) {
        blocks[index] = get(&heap, 1000, 32, (int)index);
        wrong += (uintptr_t)blocks[index] % 32 != 0;
        ours += POOL_OWNS(blocks[index]);
    }
    CHECK("the C runtime's blocks instead", wrong == 0 && ours > 850 && ours < COUNT);
    CHECK("counted", stats().scrap_fallbacks == COUNT - ours && stats().scrap_allocs == ours);
    CHECK("and not elsewhere", stats().fallback_allocs == 0 && stats().foreign_frees == 0);
    CHECK("a heap of the game's form has the game's", !POOL_OWNS(get(&game_heap, 100, 4, 1)));
    CHECK("by its own member", scrap.allocates == 1);
    get(&second, 10, 4, 1);
    for (index = 0; index < COUNT; index += 2) {
        wrong += !filled(blocks[index], (int)index, 1000);
        give(&heap, blocks[index]);
    }
    for (index = 1; index < COUNT; index += 2)
        wrong += !filled(blocks[index], (int)index, 1000);
    CHECK("contents", wrong == 0);
    CHECK("no misuse, none to the game", stats().pool_frees_ignored == 0 && scrap.frees == 0);
    replace_scrap_purge(&heap);
    CHECK("a purge gives back all of them", POOL_STATE->scrap.fallback_count == 1);
    replace_scrap_purge(&second);
    replace_scrap_purge(&game_heap);
    CHECK("all back",
          POOL_STATE->scrap.fallback_count == 0 && stats().current_used == 0 && walk() == 0);
    pool_set_active(0);
    memset(&heap, 0, sizeof heap);
    vanilla.scrap_init = 0;
    replace_scrap_init(&heap, 1);
    vanilla.scrap_allocate = 0;
    blocks[0] = get(&heap, 100, 4, 1);
    CHECK("off, without the game: the C runtime's", blocks[0] != NULL && !POOL_OWNS(blocks[0]));
    give(&heap, blocks[0]);
    CHECK("given back", POOL_STATE->scrap.fallback_count == 0);

    vanilla_open(64 * MB, POOL_BUMP);
    replace_scrap_init(&game_heap, 70000);
    CHECK("bump: the game's", !POOL_OWNS(get(&game_heap, 100, 4, 1)) && scrap.allocates == 1);
    replace_scrap_purge(&game_heap);
    CHECK("all of it", scrap.buffers == 0 && stats().scrap_fallbacks == 0);
}

/* More objects at one place of the table than it has ways. */
static void test_records(void) {
    static struct ScrapHeap heaps[SCRAP_RECORDS * 4];
    uint32_t index, served = 0;

    group_begin("records");
    vanilla_open(256 * MB, POOL_RECYCLE);
    for (index = 0; index < 200; index++) {
        replace_scrap_init_fixed(&heaps[index]);
        served += POOL_OWNS(get(&heaps[index], 100, 4, 1));
    }
    CHECK("200 heaps at a time", served == 200 && walk() == 0);
    for (index = 0; index < sizeof heaps / sizeof *heaps; index++) {
        if (index >= 200)
            replace_scrap_init_fixed(&heaps[index]);
        CHECK("a block in any case", get(&heaps[index], 1, 4, 1) != NULL);
    }
    CHECK("walk", walk() == 0);
    for (index = 0; index < sizeof heaps / sizeof *heaps; index++)
        replace_scrap_purge(&heaps[index]);
    CHECK("all back", stats().current_used == 0 && POOL_STATE->scrap.fallback_count == 0);
    CHECK("every record free", record_find(&heaps[0]) == NULL && walk() == 0);
}

#endif
