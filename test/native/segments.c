/* SPDX-License-Identifier: MIT */
/* A region that is reserved in segments on demand, some of which are in use. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread segments.c -o segments
 *   ./segments
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#define POOLNV_SEGMENTED 1
#include "pool_test.h"

#define SEGMENT     (16 * MB)
#define BLOCK_LIMIT 200000u

static void *blocks[BLOCK_LIMIT];

static void take(const uint8_t *taken, size_t count) {
    memset(native_taken, 0, sizeof native_taken);
    memcpy(native_taken, taken, count);
}

static uint32_t segment_of_block(const void *user) {
    return POOL_OFFSET(user) >> POOL_SEGMENT_SHIFT;
}

/* Blocks until the pool has no more; each is filled, so that memory that is not there is noticed.
 */
static uint32_t fill_pool(size_t size) {
    uint32_t count = 0;
    void *user;

    while (count < BLOCK_LIMIT && (user = POOL_ALLOC(size)) != NULL) {
        memset(user, (int)count, size);
        blocks[count++] = user;
    }
    return count;
}

static int all_intact_and_freed(uint32_t count, size_t size) {
    uint32_t index;
    int intact = 1;

    for (index = 0; index < count; index++) {
        intact = intact && filled(blocks[index], (uint8_t)index, size);
        replace_free(blocks[index]);
    }
    return intact;
}

static void test_on_demand(void) {
    void *first;

    group_begin("reserved as it is needed");
    take((const uint8_t[]){0}, 1);
    native_open(256 * MB, POOL_RECYCLE);
    CHECK("nothing at first", stats().pool_size == 0);
    first = replace_malloc(100);
    CHECK("one segment", POOL_OWNS(first) && stats().pool_size == SEGMENT);
    CHECK("a large block spans several",
          POOL_OWNS(replace_malloc(40 * MB)) && stats().pool_size >= 4 * SEGMENT);
    CHECK("walk", pool_check(1) == 0);
    CHECK("what is not reserved is not the pool's", !POOL_OWNS((char *)POOL_AT(0) + 100 * MB));
    pool_give_back();
    CHECK("nothing once it is given back", stats().pool_size == 0 && !POOL_OWNS(first));
}

static void test_lost(void) {
    static const uint8_t taken[] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1};
    uint32_t count, index, sizes[] = {24, 1000, 20000, 3000000}, at;
    int theirs;

    group_begin("segments that are in use");
    for (at = 0; at < 4; at++) {
        take(taken, sizeof taken);
        native_open(256 * MB, POOL_RECYCLE);
        count = fill_pool(sizes[at]);
        for (theirs = 0, index = 0; index < count; index++)
            theirs += taken[segment_of_block(blocks[index])] ||
                      taken[segment_of_block((char *)blocks[index] + sizes[at] - 1)];
        CHECK("no block lies in one", theirs == 0);
        CHECK("all others are used", count == BLOCK_LIMIT || stats().pool_size == 9 * SEGMENT);
        CHECK("walk, full", pool_check(1) == 0);
        CHECK("contents", all_intact_and_freed(count, sizes[at]));
        CHECK("walk, empty", pool_check(1) == 0);
        CHECK("memory is given back", pool_reset() > 0 && pool_check(1) == 0);
        CHECK("and can be had again", fill_pool(sizes[at]) == count);
        CHECK("contents, again", all_intact_and_freed(count, sizes[at]));
        CHECK("walk, empty again", pool_check(1) == 0);
    }
}

static void test_all_lost(void) {
    void *user;

    group_begin("all taken");
    memset(native_taken, 1, sizeof native_taken);
    native_open(256 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    CHECK("the original serves", user != NULL && !POOL_OWNS(user));
    CHECK("and that is counted", stats().fallback_allocs == 1);
    replace_free(user);
    CHECK("walk", pool_check(1) == 0);
}

static void test_foreign(void) {
    static const uint8_t taken[] = {0, 1, 0};
    char *theirs;

    group_begin("a lost segment in the middle");
    take(taken, sizeof taken);
    native_open(48 * MB, POOL_RECYCLE);
    theirs = (char *)POOL_AT(0) + SEGMENT + 4096;
    CHECK("are not ours", fill_pool(1000000) == 2 * 16 && !POOL_OWNS(theirs));
    CHECK("while those around are", POOL_OWNS(theirs - SEGMENT) && POOL_OWNS(theirs + SEGMENT));
}

static void test_odd_end(void) {
    uint32_t count;

    group_begin("a region that ends within a segment");
    take((const uint8_t[]){0, 1}, 2);
    native_open(40 * MB, POOL_RECYCLE);
    count = fill_pool(100000);
    CHECK("as much as there is", stats().pool_size == 24 * MB && count > 200);
    CHECK("walk, full", pool_check(1) == 0);
    CHECK("contents", all_intact_and_freed(count, 100000));
    CHECK("walk, empty", pool_check(1) == 0);
}

/* Four threads grow four arenas, whose borders are within segments. */
static void *grow(void *argument) {
    size_t size = (size_t)argument;
    int index, failures = 0;

    for (index = 0; index < 2000; index++) {
        char *user = replace_malloc(size);
        memset(user, 7, size);
        if (index % 3 == 0)
            replace_free(user);
        failures += user == NULL;
    }
    return (void *)(size_t)failures;
}

static void test_threads(void) {
    static const uint8_t taken[] = {0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1};
    static const size_t sizes[] = {200, 3000, 20000, 50000};
    pthread_t threads[4];
    void *failures;
    int index;

    group_begin("threads that grow at the same time");
    take(taken, sizeof taken);
    native_open(200 * MB, POOL_RECYCLE);
    for (index = 0; index < 4; index++)
        pthread_create(&threads[index], NULL, grow, (void *)sizes[index]);
    for (index = 0; index < 4; index++) {
        pthread_join(threads[index], &failures);
        CHECK("all were served", failures == NULL);
    }
    CHECK("walk", pool_check(1) == 0);
}

int main(void) {
    test_on_demand();
    test_lost();
    test_all_lost();
    test_foreign();
    test_odd_end();
    test_threads();
    return check_end();
}
