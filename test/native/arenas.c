/* SPDX-License-Identifier: MIT */
/* Arenas with their parts of the region, and memory touched in advance. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread arenas.c -o arenas
 *   ./arenas
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

static uint32_t arena_of_block(const void *user) {
    return (uint32_t)(pool_heap_of(POOL_OFFSET(user) >> POOL_PAGE_SHIFT) - POOL_STATE->heaps);
}

static uint64_t part_bytes(uint32_t arena) {
    return (uint64_t)(POOL_STATE->heaps[arena].end - POOL_STATE->heaps[arena].first)
           << POOL_PAGE_SHIFT;
}

static void test_parts(void) {
    static const size_t sizes[] = {1, 244, 245, 4096, 5000, 32768, 32769, 5000000};
    static const uint32_t arenas[] = {0, 0, 1, 1, 2, 2, 3, 3};
    size_t index;
    void *user;

    group_begin("each arena has its part");
    native_open(256 * MB, POOL_RECYCLE);
    for (index = 0; index < sizeof sizes / sizeof *sizes; index++) {
        user = replace_malloc(sizes[index]);
        CHECK("in its part", arena_of_block(user) == arenas[index]);
        replace_free(user);
    }
    CHECK("the parts make up the region",
          part_bytes(0) + part_bytes(1) + part_bytes(2) + part_bytes(3) + POOL_PAGE_BYTES ==
              256 * MB);
    CHECK("walk", pool_check(1) == 0);
}

static void test_configured(void) {
    group_begin("sizes as configured");
    native_arena_bytes[POOL_ARENA_SMALL] = 16 * MB;
    native_arena_bytes[POOL_ARENA_MEDIUM] = 200 * MB;
    native_open(256 * MB, POOL_RECYCLE);
    CHECK("small", part_bytes(0) + POOL_PAGE_BYTES == 16 * MB);
    CHECK("medium", part_bytes(1) == 200 * MB);
    CHECK("the others get the rest", part_bytes(2) + part_bytes(3) == 40 * MB);
    native_arena_bytes[POOL_ARENA_LARGE] = 900 * MB;
    native_open(256 * MB, POOL_RECYCLE);
    CHECK("too much is cut", part_bytes(2) == 40 * MB && part_bytes(3) == 0);
    CHECK("and an arena without a part borrows", POOL_OWNS(replace_malloc(100000)));
    CHECK("walk", pool_check(1) == 0);
    memset(native_arena_bytes, 0, sizeof native_arena_bytes);
    native_open(64 * MB, POOL_RECYCLE);
    CHECK("a small region is not divided", part_bytes(0) + POOL_PAGE_BYTES == 64 * MB);
}

/* All parts are filled from one arena before a request falls back; then all is returned. */
static void test_borrowing(void) {
    enum { SIZE = 200, STRIDE = 224 };
    static void *blocks[256 * MB / STRIDE + 1000];
    uint32_t count = 0, index, borrowed = 0;

    group_begin("borrowing");
    native_open(256 * MB, POOL_RECYCLE);
    for (; count < sizeof blocks / sizeof *blocks; count++) {
        blocks[count] = replace_malloc(SIZE);
        if (!POOL_OWNS(blocks[count]))
            break;
        borrowed += arena_of_block(blocks[count]) != POOL_ARENA_SMALL;
    }
    CHECK("the whole region serves one class", count > 256 * MB / STRIDE / 100 * 98);
    CHECK("most of it borrowed", borrowed > count / 2);
    CHECK("then the original", stats().fallback_allocs == 1);
    CHECK("walk when full", pool_check(1) == 0);
    for (index = 0; index <= count; index++)
        replace_free(blocks[index]);
    blocks[0] = replace_malloc(80 * MB);
    CHECK("what was lent is there again", POOL_OWNS(blocks[0]));
    replace_free(blocks[0]);
    pool_reset();
    CHECK("all can be given back", stats().committed == 0 && pool_check(1) == 0);
}

static void test_prefault(void) {
    group_begin("touched in advance");
    native_prefault_bytes = 32 * MB;
    native_open(256 * MB, POOL_RECYCLE);
    CHECK("committed", stats().committed >= 32 * MB && stats().committed <= 38 * MB);
    CHECK("each arena its part", POOL_STATE->heaps[3].committed > 100);
    native_prefault_bytes = 1 * MB;
    native_open(256 * MB, POOL_RECYCLE);
    CHECK("of a little, too", stats().committed >= 1 * MB && stats().committed <= 2 * MB);
    native_prefault_bytes = 32 * MB;
    native_open(256 * MB, POOL_RECYCLE);
    native_commits_left = 0;
    CHECK("served without a commit", POOL_OWNS(replace_malloc(1 * MB)));
    native_prefault_bytes = 4000ull * MB > SIZE_MAX ? SIZE_MAX : (size_t)(4000ull * MB);
    native_open(64 * MB, POOL_RECYCLE);
    CHECK("no more than there is", stats().committed == 64 * MB && pool_check(1) == 0);
    native_prefault_bytes = 8 * MB;
    native_open(64 * MB, POOL_BUMP);
    CHECK("bump", stats().committed >= 8 * MB && stats().current_used == 0);
    CHECK("begins where it always does", POOL_OFFSET(replace_malloc(1)) == POOL_FIRST);
    native_prefault_bytes = 0;
}

/* A thread that needs pages meanwhile waits for one step of a trim at most. */
static void test_trim(void) {
    enum { BLOCKS = 12 };
    void *blocks[BLOCKS], *between[BLOCKS];
    uint32_t index;

    group_begin("trim in steps");
    native_open(256 * MB, POOL_RECYCLE);
    for (index = 0; index < BLOCKS; index++) {
        blocks[index] = replace_malloc(10 * MB + index * MB / 4);
        between[index] = replace_malloc(100000);
    }
    for (index = 0; index < BLOCKS; index++)
        replace_free(blocks[index]);
    native_largest_decommit = 0;
    CHECK("all is given back", pool_reset() > BLOCKS * 10ull * MB);
    CHECK("in steps of 4 MB", native_largest_decommit == 4 * MB && pool_check(1) == 0);
    CHECK("nothing is left", pool_reset() == 0);
    for (index = 0; index < BLOCKS; index++) {
        blocks[index] = replace_malloc(10 * MB + index * MB / 4);
        memset(blocks[index], 1, 10 * MB);
    }
    CHECK("and is there again", pool_check(1) == 0 && stats().fallback_allocs == 0);
    for (index = 0; index < BLOCKS; index++) {
        replace_free(blocks[index]);
        replace_free(between[index]);
    }
    native_largest_decommit = 0;
    CHECK("so is what is above the top", pool_reset() > 120ull * MB);
    CHECK("in steps, too", native_largest_decommit <= 4 * MB && pool_check(1) == 0);
    CHECK("down to nothing", stats().committed <= 1 * MB);
}

int main(void) {
    test_parts();
    test_configured();
    test_borrowing();
    test_prefault();
    test_trim();
    return check_end();
}
