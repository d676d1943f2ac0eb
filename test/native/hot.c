/* SPDX-License-Identifier: MIT */
/* The hot path in assembly against the C beside it: the same calls must give the same blocks and
 * the same accounts; and no damage to a header may pass it. Without NATIVE_HOT both are the C. From
 * this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread -DNATIVE_HOT hot.c -o hot
 *   ./hot
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

static const struct Entries hot = {replace_malloc, replace_free, replace_realloc};
static const struct Entries cold = {COLD(malloc), COLD(free), COLD(realloc)};

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

static size_t random_size(uint64_t *state) {
    uint32_t kind = random_next(state) % 100;
    return random_next(state) % (kind < 60 ? 300 : kind < 95 ? 5000 : 100000);
}

/* Where each call of a random program lands, and what the pool says in the end. */
static void run(const struct Entries *entries, uint64_t seed, uint32_t one_in, uint32_t *places,
                struct PoolSnapshot *end) {
    static unsigned char *slots[SLOTS];
    uint32_t step;

    memset(slots, 0, sizeof slots);
    native_open(128 * MB, POOL_RECYCLE);
    pool_callers_start(one_in);
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
    static uint32_t hot_places[STEPS], cold_places[STEPS];
    static struct PoolSnapshot hot_end, cold_end;

    group_begin("the same calls, the same blocks");
    run(&hot, seed, 0, hot_places, &hot_end);
    run(&cold, seed, 0, cold_places, &cold_end);
    CHECK("places", memcmp(hot_places, cold_places, sizeof hot_places) == 0);
    CHECK("accounts", memcmp(&hot_end, &cold_end, sizeof hot_end) == 0);
    run(&hot, seed, 3, hot_places, &hot_end);
    CHECK("places, while callers are sampled",
          memcmp(hot_places, cold_places, sizeof hot_places) == 0);
    CHECK("accounts, while callers are sampled", memcmp(&hot_end, &cold_end, sizeof hot_end) == 0);
    CHECK("something happened", hot_end.reallocs > STEPS / 4 && hot_end.pool_allocs > STEPS / 2);
}

/* ---- headers ---- */

static void test_codes(void) {
    static const uint32_t others[] = {POOL_CODE_LARGE, POOL_CODE_BUMP};
    uint32_t codes[POOL_SMALL_LIMIT + 2], index, other, least = 32;

    group_begin("codes");
    for (index = 0; index < POOL_SMALL_LIMIT; index++)
        codes[index] = POOL_CLASS_CODE(index);
    memcpy(codes + POOL_SMALL_LIMIT, others, sizeof others);
    for (index = 0; index < POOL_SMALL_LIMIT + 2; index++)
        for (other = 0; other < index; other++)
            if ((uint32_t)__builtin_popcount(codes[index] ^ codes[other]) < least)
                least = (uint32_t)__builtin_popcount(codes[index] ^ codes[other]);
    CHECK("any two differ in seven bits at least", least >= 7);
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
            CHECK("realloc of a mended one", replace_realloc(user, sizes[index]) == (void *)user);
            replace_free(user);
        }
    CHECK("every bit is noticed", accepted == 0 && tried == 4 * 96);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
}

/* A header that stands in the wrong place, where a program has copied it. */
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
    test_codes();
    test_damage();
    test_copies();
    test_edges();
    return check_end();
}
