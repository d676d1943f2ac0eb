/* SPDX-License-Identifier: MIT */
/* The fast path in assembly against the slow path in C: the same calls must give the same blocks
 * and statistics, and every damaged header must be detected. Without NATIVE_FAST both are the C.
 * From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread -DNATIVE_FAST \
 *      fast_path.c -o fast_path
 *   ./fast_path
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#define SLOTS 300
#define STEPS 300000

struct Entries {
    void *(*malloc)(size_t);
    void (*free)(void *);
    void *(*realloc)(void *, size_t);
};

static const struct Entries fast = {replace_malloc, replace_free, replace_realloc};
static const struct Entries slow = {SLOW(malloc), SLOW(free), SLOW(realloc)};

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

static size_t random_size(uint64_t *state) {
    uint32_t kind = random_next(state) % 100;
    return random_next(state) % (kind < 60 ? 300 : kind < 95 ? 5000 : 100000);
}

/* The block of each call of a random program, and the statistics at the end. */
static void run(const struct Entries *entries, uint64_t seed, uint32_t sample_interval,
                uint32_t *places, struct PoolSnapshot *end) {
    static unsigned char *slots[SLOTS];
    uint32_t step;

    memset(slots, 0, sizeof slots);
    native_open(128 * MB, POOL_RECYCLE);
    pool_sampler_start(sample_interval);
    for (step = 0; step < STEPS; step++) {
        unsigned char **slot = &slots[random_next(&seed) % SLOTS];
        size_t size = random_size(&seed);
        switch (random_next(&seed) % 3) {
        case 0:
            *slot = entries->realloc(*slot, size);
            break;
        default:
            entries->free(*slot);
            *slot = entries->malloc(size);
        }
        places[step] = *slot == NULL ? 0 : POOL_OFFSET(*slot);
    }
    pool_snapshot(end);
    CHECK("walk", pool_check(1) == 0);
}

static void test_same(uint64_t seed) {
    static uint32_t fast_places[STEPS], slow_places[STEPS];
    static struct PoolSnapshot fast_end, slow_end;

    group_begin("the same calls, the same blocks");
    run(&fast, seed, 0, fast_places, &fast_end);
    run(&slow, seed, 0, slow_places, &slow_end);
    CHECK("places", memcmp(fast_places, slow_places, sizeof fast_places) == 0);
    CHECK("statistics", memcmp(&fast_end, &slow_end, sizeof fast_end) == 0);
    run(&fast, seed, 3, fast_places, &fast_end);
    CHECK("places, while sampling", memcmp(fast_places, slow_places, sizeof fast_places) == 0);
    CHECK("statistics, while sampling", memcmp(&fast_end, &slow_end, sizeof fast_end) == 0);
    CHECK("something happened", fast_end.reallocs > STEPS / 4 && fast_end.pool_allocs > STEPS / 2);
}

/* ---- headers ---- */

static void test_keys(void) {
    static const uint32_t others[] = {POOL_KEY_LARGE, POOL_KEY_BUMP};
    uint32_t keys[POOL_SMALL_LIMIT + 2], index, other, least = 32;

    group_begin("keys");
    for (index = 0; index < POOL_SMALL_LIMIT; index++)
        keys[index] = POOL_CLASS_KEY(index);
    memcpy(keys + POOL_SMALL_LIMIT, others, sizeof others);
    for (index = 0; index < POOL_SMALL_LIMIT + 2; index++)
        for (other = 0; other < index; other++)
            if ((uint32_t)__builtin_popcount(keys[index] ^ keys[other]) < least)
                least = (uint32_t)__builtin_popcount(keys[index] ^ keys[other]);
    CHECK("any two differ in eight bits at least", least >= 8);
}

/* One bit of the header at a time, as an overrun, a stray write or bad memory leaves it. */
static void test_damage(void) {
    static const size_t sizes[] = {1, 100, 1000, 32768};
    uint32_t index, bit, accepted = 0, tried = 0;
    struct PoolSnapshot before;

    group_begin("damaged headers");
    native_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < sizeof sizes / sizeof *sizes; index++)
        for (bit = 0; bit < 96; bit++) {
            char *user = replace_malloc(sizes[index]);
            before = stats();
            user[(int)(bit / 8) - 12] ^= (char)(1 << bit % 8);
            replace_free(user);
            tried++;
            accepted += stats().corrupt_headers == before.corrupt_headers;
            user[(int)(bit / 8) - 12] ^= (char)(1 << bit % 8);
            CHECK("realloc of a repaired one", replace_realloc(user, sizes[index]) == (void *)user);
            replace_free(user);
        }
    CHECK("every bit is noticed", accepted == 0 && tried == 4 * 96);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
}

/* A header at a wrong place, to which the program has copied it. */
static void test_copies(void) {
    char *user, *block;
    uint32_t distance, accepted = 0;

    group_begin("copied headers");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    block = replace_malloc(30000);
    for (distance = 16; distance < 30000; distance++) {
        memcpy(block + distance - 12, user - 12, 12);
        replace_free(block + distance);
        accepted += stats().total_frees - stats().pool_frees_ignored != 0;
        memset(block + distance - 12, 0, 12);
    }
    CHECK("none is believed", accepted == 0);
    replace_free(user);
    replace_free(block);
    CHECK("the true ones are", stats().current_used == 0 && pool_check(1) == 0);
}

static void test_edges(void) {
    char *edge = (char *)native_region + POOL_CHUNK_BYTES;
    int distance;

    group_begin("pointers at the edges");
    native_open(64 * MB, POOL_RECYCLE);
    replace_free(replace_malloc(100));
    for (distance = -40; distance <= 40; distance++) { /* of the only chunk that can be read */
        replace_free(edge + distance);
        replace_free((char *)native_region + (distance < 0 ? 0 : distance));
        CHECK("realloc", replace_realloc(edge + distance, 10) == NULL);
    }
    CHECK("all refused", stats().corrupt_headers == 3 * 81 && stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
}

int main(int count, char **arguments) {
    uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 0) : 20261124;

    printf("seed %llu\n", (unsigned long long)seed);
    test_same(seed);
    test_same(seed + 1);
    test_keys();
    test_damage();
    test_copies();
    test_edges();
    return check_end();
}
