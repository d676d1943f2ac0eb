/* SPDX-License-Identifier: MIT */
/* The bump strategy: the specified behaviour, exhaustion, and threads. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread bump.c -o bump && ./bump
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#define THREADS 4

static void test_specified(void) {
    char *first, *second, *third;
    struct PoolSnapshot now;

    group_begin("as specified");
    native_open(64 * MB, POOL_BUMP);
    first = replace_malloc(100);
    second = replace_malloc(100);
    CHECK("aligned", (uintptr_t)first % 16 == 0);
    CHECK("12 + 112, then 4 to be aligned again", second - first == 128);
    CHECK("magic", ((uint32_t *)first)[-1] == 0xDEADBEEF && ((uint32_t *)first)[-3] == 100);
    memset(first, 1, 100);
    replace_free(first);
    CHECK("free is a no-op", filled(first, 1, 100) && replace_malloc_usable_size(first) == 100);
    now = stats();
    CHECK("counted", now.total_frees == 1 && now.pool_frees_ignored == 1 && now.pool_allocs == 2);
    CHECK("in use", now.current_used == 256 && now.peak_used == 256 && now.strategy == POOL_BUMP);
    third = replace_realloc(first, 50);
    CHECK("realloc always moves, shrinking too", third != first && filled(third, 1, 50));
    first = replace_realloc(third, 5000);
    CHECK("realloc copies min(old, new)", filled(first, 1, 50));
    CHECK("realloc(NULL) is malloc", POOL_OWNS(replace_realloc(NULL, 5)));
    CHECK("realloc to 0", replace_realloc(third, 0) == NULL && stats().total_frees == 1);
    CHECK("calloc", filled(replace_calloc(100, 10), 0, 1000));
    CHECK("reset", pool_reset() == 0);
    ((uint32_t *)third)[-1] = 0;
    CHECK("magic before size", replace__msize(third) == (size_t)-1);
    CHECK("realloc of a damaged one", replace_realloc(third, 9) == NULL);
    replace_free(third);
    replace_free(first + 16);
    replace_free(first + 3);
    replace_free((char *)native_region + 60 * MB);
    replace_free((char *)native_region);
    now = stats();
    CHECK("corrupt", now.corrupt_headers == 7 && now.pool_frees_ignored == 6);
    first = replace__aligned_offset_malloc(100, 4096, 7);
    CHECK("aligned", ((uintptr_t)first + 7) % 4096 == 0 && replace__msize(first) == 100);
    memset(first, 9, 100);
    first = replace__aligned_offset_realloc(first, 200, 4096, 7);
    CHECK("moved", ((uintptr_t)first + 7) % 4096 == 0 && filled(first, 9, 100));
    replace__aligned_free(first);
    CHECK("_expand",
          replace__expand(second, 112) == (void *)second && replace__expand(second, 113) == NULL);
    now = stats();
    CHECK("histogram: live is total",
          now.classes[1].live == now.classes[1].total && now.class_count > 17);
    CHECK("only requested memory is committed", now.committed < 1 * MB);
}

static void test_exhaustion(void) {
    uint32_t index, top, inside = 0;
    void *user;

    group_begin("exhaustion");
    native_open(4 * MB, POOL_BUMP);
    for (index = 0; index < 3000; index++) {
        user = replace_malloc(2000);
        inside += POOL_OWNS(user);
        replace_free(user);
    }
    CHECK("served to the end", inside == 4 * MB / 2016);
    CHECK("then by the original", stats().fallback_allocs == 3000 - inside);
    top = POOL_STATE->bump_top;
    for (index = 0; index < 3000000; index++)
        if (pool_bump_alloc(3000) != NULL)
            break;
    CHECK("full stays full", index == 3000000 && POOL_STATE->bump_top == top);
    CHECK("no size wraps", pool_bump_alloc((size_t)-1) == NULL &&
                               pool_bump_alloc((size_t)-20) == NULL &&
                               pool_bump_alloc(0xFFFFFFF0u) == NULL);
    CHECK("what is left still serves", POOL_OWNS(replace_malloc(10)));
    native_open(4 * MB, POOL_BUMP);
    native_commits_left = 0;
    user = replace_malloc(10);
    CHECK("refused commit", !POOL_OWNS(user) && stats().current_used == 0);
    replace_free(user);
    native_commits_left = 9;
    CHECK("recovers", POOL_OWNS(replace_malloc(10)));
}

static void *bump_many(void *argument) {
    unsigned char byte = (unsigned char)(uintptr_t)argument;
    static const size_t sizes[] = {1, 24, 100, 700, 40000};
    unsigned char *blocks[100];
    uintptr_t index, round, wrong = 0;

    for (round = 0; round < 40; round++) {
        for (index = 0; index < 100; index++) {
            blocks[index] = replace_malloc(sizes[index % 5]);
            memset(blocks[index], byte, sizes[index % 5]);
        }
        for (index = 0; index < 100; index++) {
            wrong += !filled(blocks[index], byte, sizes[index % 5]);
            replace_free(blocks[index]);
        }
    }
    return (void *)wrong;
}

static void test_threads(void) {
    pthread_t threads[THREADS];
    struct PoolSnapshot now;
    void *wrong;
    uintptr_t index;

    group_begin("threads");
    native_open(64 * MB, POOL_BUMP);
    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, bump_many, (void *)(index + 1));
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], &wrong);
        CHECK("no block is shared", wrong == NULL);
    }
    now = stats();
    CHECK("every request is counted once", now.pool_allocs + now.fallback_allocs == THREADS * 4000);
    CHECK("every free too",
          now.total_frees == THREADS * 4000 && now.pool_frees_ignored == now.pool_allocs);
}

int main(void) {
    test_specified();
    test_exhaustion();
    test_threads();
    return check_end();
}
