/* SPDX-License-Identifier: MIT */
/* The members of the game's heap, with a simulated game behind them. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread game_heap.c -o game_heap
 *   ./game_heap
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the thiscall entries, on any x86-64
 *   machine; with -fno-builtin -DNATIVE_FAST their fast path
 */
#include "vanilla.h"

static void *get(size_t size) { return replace_game_allocate(game_object, size); }
static void give(void *user) { replace_game_free(game_object, user); }
static void *change(void *user, size_t size) {
    return replace_game_reallocate(game_object, user, size);
}
static size_t measure(void *user) { return replace_game_msize(game_object, user); }

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

/* ---- tiny blocks ---- */

static void test_tiny(void) {
    enum { COUNT = 100000 };
    static unsigned char *blocks[COUNT];
    uint32_t index, aligned = 0, block_to_free = 0, measured = 0, at_edge = 0;

    group_begin("tiny blocks");
    vanilla_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < COUNT; index++) {
        blocks[index] = get(8);
        memset(blocks[index], (int)index, 8);
        aligned += POOL_OWNS(blocks[index]) && (uintptr_t)blocks[index] % 8 == 0;
        at_edge += POOL_OFFSET(blocks[index]) % POOL_CHUNK_BYTES == 8;
    }
    CHECK("8-byte aligned, in the pool", aligned == COUNT);
    CHECK("24 bytes for 8, all in all", stats().current_used == COUNT * 24ull);
    CHECK("an eighth more from the system, committed ahead",
          stats().committed < COUNT * 24ull / 8 * 9 + 4 * POOL_CHUNK_BYTES);
    CHECK("some with a header in two chunks", at_edge > 2);
    CHECK("walk", pool_check(1) == 0);
    for (index = 0; index < COUNT; index++) {
        block_to_free += filled(blocks[index], (int)index, 8);
        measured += measure(blocks[index]) == 8;
        if (index % 3 == 0)
            replace_free(blocks[index]); /* by the other layer */
        else
            give(blocks[index]);
    }
    CHECK("no two overlap", block_to_free == COUNT);
    CHECK("all measured", measured == COUNT);
    CHECK("all back", stats().current_used == 0 && stats().corrupt_headers == 0);
    CHECK("counted", stats().game_allocs == COUNT && stats().pool_allocs == COUNT &&
                         stats().total_frees == COUNT);
    CHECK("in their row", stats().classes[POOL_TINY_INDEX].total == COUNT &&
                              stats().classes[POOL_TINY_INDEX].max_size == 12);
    CHECK("walk", pool_check(1) == 0);
}

static void test_sizes(void) {
    uint32_t size, wrong = 0, tiny = 0;
    uint64_t before;
    char *user;

    group_begin("sizes, alignment and what they take");
    vanilla_open(64 * MB, POOL_RECYCLE);
    for (size = 0; size <= 40000; size = size < 600 ? size + 1 : size + 777) {
        user = get(size);
        memset(user, 1, size < 8 ? 8 : size);
        wrong += !POOL_OWNS(user) || (uintptr_t)user % (size < 13 ? 8 : 16) != 0;
        wrong += measure(user) != (size == 0 ? 8 : size);
        tiny +=
            POOL_TAG_CLASS(POOL_PAGES[POOL_OFFSET(user) >> POOL_PAGE_SHIFT].tag) == POOL_TINY_INDEX;
        give(user);
    }
    CHECK("every size", wrong == 0);
    CHECK("0 to 12 bytes are tiny", tiny == 13);
    before = stats().current_used;
    user = get(16);
    CHECK("16 bytes take 32", stats().current_used - before == 32);
    CHECK("malloc of 8 bytes is 16-byte aligned", (uintptr_t)replace_malloc(8) % 16 == 0);
    CHECK("walk", pool_check(1) == 0);
}

/* ---- what a pointer may be ---- */

static void test_misuse(void) {
    struct PoolSnapshot before;
    static const size_t sizes[] = {8, 24, 1000, 40000};
    uint32_t index, distance;
    char *user, *other;

    group_begin("double, interior and wild frees");
    vanilla_open(64 * MB, POOL_RECYCLE);
    other = get(8);
    for (index = 0; index < sizeof sizes / sizeof *sizes; index++) {
        user = get(sizes[index]);
        memset(user, 0x77, sizes[index]);
        before = stats();
        for (distance = 1; distance < 25; distance++)
            if (distance < sizes[index]) /* the next block of 8 bytes is a block of its own */
                give(user + distance);
        CHECK("in the middle", stats().corrupt_headers > before.corrupt_headers);
        CHECK("the block is whole",
              filled(user, 0x77, sizes[index]) && stats().current_used == before.current_used);
        give(user);
        before = stats();
        give(user);
        CHECK("twice", stats().double_frees == before.double_frees + 1 &&
                           stats().pool_frees_ignored == before.pool_frees_ignored + 1);
        CHECK("measures nothing", measure(user) == 0);
        CHECK("realloc of a freed one gives another",
              change(user, sizes[index] + 40000) != NULL && stats().current_used != 0);
    }
    give(NULL);
    give((char *)native_region + native_region_bytes / 2);
    give((char *)native_region + POOL_CHUNK_BYTES + 8);
    give((char *)native_region + 4);
    CHECK("nothing of it reached the game", game.frees == 0 && game.wrong == 0);
    CHECK("a live one is left alone", measure(other) == 8);
    CHECK("walk", pool_check(1) == 0);
}

/* Around the header of a tiny block that reaches from one chunk into the next, and where the next
 * chunk can't be read. */
static void test_edges(void) {
    char *edge = (char *)native_region + POOL_CHUNK_BYTES;
    int distance;

    group_begin("pointers at the edges");
    vanilla_open(64 * MB, POOL_RECYCLE);
    edge = (char *)native_region + POOL_CHUNK_BYTES;
    give(get(100)); /* the only chunk that can be read */
    for (distance = -40; distance <= 40; distance++) {
        give(edge + distance);
        CHECK("realloc", change(edge + distance, 10) != NULL);
        CHECK("size", measure(edge + distance) == 0 || POOL_READABLE[1]);
    }
    CHECK("none is the game's", game.frees == 0 && game.wrong == 0);
    CHECK("walk", pool_check(1) == 0);
}

static void test_damage(void) {
    static const size_t sizes[] = {8, 16, 1000};
    uint32_t index, bit, accepted = 0;
    struct PoolSnapshot before;

    group_begin("damaged headers");
    vanilla_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < sizeof sizes / sizeof *sizes; index++)
        for (bit = 0; bit < 96; bit++) {
            char *user = get(sizes[index]);
            before = stats();
            user[(int)(bit / 8) - 12] ^= (char)(1 << bit % 8);
            give(user);
            accepted += stats().corrupt_headers == before.corrupt_headers;
            user[(int)(bit / 8) - 12] ^= (char)(1 << bit % 8);
            CHECK("realloc of a repaired one", change(user, sizes[index]) == (void *)user);
            give(user);
        }
    CHECK("every bit is noticed", accepted == 0);
    CHECK("all back, walk", stats().current_used == 0 && pool_check(1) == 0);
}

/* ---- resizing ---- */

static void test_reallocate(void) {
    struct PoolSnapshot before;
    char *user, *moved;
    size_t size;

    group_begin("reallocate");
    vanilla_open(64 * MB, POOL_RECYCLE);
    user = change(NULL, 5);
    CHECK("of NULL", POOL_OWNS(user) && measure(user) == 5);
    memcpy(user, "abcde", 5);
    CHECK("within the tiny class", change(user, 12) == (void *)user && measure(user) == 12);
    user = change(user, 13);
    CHECK("out of it", memcmp(user, "abcde", 5) == 0 && (uintptr_t)user % 16 == 0);
    for (size = 13; size < 100000; size += size / 3) {
        user = change(user, size);
        CHECK("grows", memcmp(user, "abcde", 5) == 0 && measure(user) == size);
        memset(user + 5, 'x', size - 5);
    }
    for (size = measure(user); size > 5; size -= size / 3) {
        user = change(user, size);
        CHECK("shrinks", memcmp(user, "abcde", 5) == 0 && filled(user + 5, 'x', size - 5));
    }
    before = stats();
    moved = change(user, 0);
    CHECK("to 0: a live block", POOL_OWNS(moved) && measure(moved) == 8);
    CHECK("the old one is gone", stats().current_used < before.current_used + 24);
    CHECK("no call of free", stats().total_frees == before.total_frees);
    give(moved);
    CHECK("all back", stats().current_used == 0 && game.allocates == 0);
    user = replace_malloc(0);
    CHECK("an empty block of malloc measures", measure(user) == 1);
    CHECK("walk", pool_check(1) == 0);
}

/* ---- blocks from elsewhere ---- */

static void test_foreign(void) {
    struct PoolSnapshot before;
    char *old[4], *moved;
    int index;

    group_begin("blocks from before");
    vanilla_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < 4; index++) {
        old[index] = vanilla_allocate(game_object, 100);
        memset(old[index], index + 1, 100);
    }
    CHECK("measured by the game", measure(old[0]) == 100 && game.measures == 1);
    before = stats();
    give(old[0]);
    CHECK("freed by the game", game.live == 3 && stats().foreign_frees == 1);
    moved = change(old[1], 200);
    CHECK("resized by the game, into the pool",
          POOL_OWNS(moved) && filled(moved, 2, 100) && game.live == 2 && game.reallocates == 1);
    CHECK("counted once", stats().reallocs == before.reallocs + 1 && stats().game_allocs == 1);
    vanilla.game_reallocate = 0;
    moved = change(old[2], 50);
    CHECK("and without its reallocate", POOL_OWNS(moved) && filled(moved, 3, 50) && game.live == 1);
    game.is_full = 1;
    pool_set_active(0);
    moved = get(500); /* the game's heap ends in malloc */
    CHECK("off: what malloc has", moved != NULL && !POOL_OWNS(moved) && !in_arena(moved));
    pool_set_active(1);
    before = stats();
    give(moved);
    CHECK("freed through the game and malloc's free",
          stats().foreign_frees == before.foreign_frees + 1);
    CHECK("which is one free", stats().total_frees == before.total_frees + 1);
    moved = vanilla_allocate(game_object, 500); /* as from a thread on its way when the pool came */
    CHECK("a pool block of malloc's", POOL_OWNS(moved));
    before = stats();
    give(moved);
    CHECK("freed by this layer",
          stats().current_used < before.current_used && stats().corrupt_headers == 0);
    CHECK("this is passed on", game.wrong == 0);
    CHECK("walk", pool_check(1) == 0);
}

static void test_full(void) {
    enum { COUNT = 2000 };
    static char *blocks[COUNT];
    uint32_t index, ours = 0;
    struct PoolSnapshot end;

    group_begin("a full pool");
    vanilla_open(1 * MB, POOL_RECYCLE);
    for (index = 0; index < COUNT; index++) {
        blocks[index] = get(1000);
        memset(blocks[index], (int)index, 1000);
        ours += POOL_OWNS(blocks[index]);
    }
    end = stats();
    CHECK("falls back to the game", ours > 900 && ours < COUNT && game.allocates == COUNT - ours);
    CHECK("counted once each", end.game_fallbacks == COUNT - ours &&
                                   end.fallback_allocs == COUNT - ours && end.game_allocs == ours);
    game.is_full = 1; /* from here on to malloc, which finds the pool full as well */
    index = game.allocates;
    give(get(1000));
    give(get(1000));
    CHECK("to malloc in the end", game.allocates == index + 2);
    CHECK("counted once each, too", stats().game_fallbacks == end.game_fallbacks + 2 &&
                                        stats().fallback_allocs == end.fallback_allocs + 2 &&
                                        stats().foreign_frees == end.foreign_frees + 2);
    blocks[0] = change(blocks[0], 1100);
    CHECK("a block that grows leaves the pool, for the same heap",
          !POOL_OWNS(blocks[0]) && game.allocates == index + 3 && game.wrong == 0);
    for (index = 0; index < COUNT; index++) {
        CHECK("whole", filled(blocks[index], (int)index, 1000));
        give(blocks[index]);
    }
    CHECK("all back", stats().current_used == 0 && game.live == 0 && game.wrong == 0);
    pool_set_active(0);
    end = stats();
    give(get(100));
    CHECK("off: the game's, and no fallback",
          stats().game_fallbacks == end.game_fallbacks && stats().game_allocs == end.game_allocs);
    CHECK("walk", pool_check(1) == 0);
}

static void test_bump(void) {
    char *user, *moved;

    group_begin("strategy bump");
    vanilla_open(64 * MB, POOL_BUMP);
    user = get(0);
    CHECK("0 bytes", POOL_OWNS(user) && measure(user) == 8);
    memcpy(user, "12345678", 8);
    moved = change(user, 100);
    CHECK("moves", moved != user && memcmp(moved, "12345678", 8) == 0);
    give(moved);
    CHECK("counted", stats().game_allocs == 2 && stats().pool_allocs == 2);
}

/* ---- threads ---- */

enum { THREADS = 4, SHARED = 256 };
static unsigned char *shared[SHARED];
static pthread_mutex_t shared_lock[SHARED];

/* Each takes a place, looks at the block there and puts another one in its stead, by one layer or
 * the other. */
static void *work(void *argument) {
    uint64_t seed = (uintptr_t)argument;
    uint32_t step, wrong = 0, steps = 30000;

    for (step = 0; step < steps; step++) {
        uint32_t at = random_next(&seed) % SHARED, kind = random_next(&seed) % 10;
        size_t size = kind < 5 ? 1 + random_next(&seed) % 24 : 1 + random_next(&seed) % 3000;
        unsigned char *user;
        pthread_mutex_lock(&shared_lock[at]);
        user = shared[at];
        if (user != NULL)
            wrong += !filled(user, (int)at, measure(user));
        if (user != NULL && kind == 9)
            user = change(user, size);
        else {
            if (kind == 8)
                replace_free(user);
            else
                give(user);
            user = kind == 7 ? replace_malloc(size) : get(size);
        }
        memset(user, (int)at, size);
        shared[at] = user;
        pthread_mutex_unlock(&shared_lock[at]);
    }
    return (void *)(uintptr_t)wrong;
}

static void test_threads(void) {
    pthread_t threads[THREADS];
    uintptr_t index;
    void *wrong;

    group_begin("threads");
    vanilla_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < SHARED; index++)
        pthread_mutex_init(&shared_lock[index], NULL);
    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, work, (void *)(index + 77));
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], &wrong);
        CHECK("contents", wrong == NULL);
    }
    CHECK("walk", pool_check(1) == 0);
    for (index = 0; index < SHARED; index++)
        give(shared[index]);
    CHECK("all back", stats().current_used == 0 && stats().corrupt_headers == 0);
    CHECK("walk when empty", pool_check(1) == 0 && game.wrong == 0);
}

int main(void) {
    test_tiny();
    test_sizes();
    test_misuse();
    test_edges();
    test_damage();
    test_reallocate();
    test_foreign();
    test_full();
    test_bump();
    test_threads();
    return check_end();
}
