/* SPDX-License-Identifier: MIT */
/* The quarantine: freed blocks wait, are counted as free, and come back. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread quarantine.c -o quarantine
 *   ./quarantine
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#define HELD (1 * MB)

static void test_delay(void) {
    char *first, *large, *user;
    uint32_t frees = 0;
    int met = 0;

    group_begin("reuse is delayed");
    native_open(64 * MB, POOL_RECYCLE);
    first = replace_malloc(100);
    memset(first, 5, 100);
    replace_free(first);
    CHECK("free", stats().current_used == 0 && stats().total_frees == 1);
    CHECK("its class counts it as freed", stats().classes[6].live == 0);
    for (; frees < HELD / 112 - 1; frees++) {
        user = replace_malloc(100);
        met += user == first;
        replace_free(user);
    }
    CHECK("not used again until as much has been freed", met == 0 && filled(first, 5, 100));
    for (; frees < HELD / 112 * 4 && user != first; frees++) {
        user = replace_malloc(100);
        replace_free(user);
    }
    CHECK("used again in the end", user == first);
    large = replace_malloc(500000);
    memset(large, 6, 500000);
    replace_free(large);
    CHECK("a large block waits too", replace_malloc(500000) != (void *)large);
    CHECK("unchanged", filled(large, 6, 500000));
    replace_free(large);
    replace_free(first);
    CHECK("double frees", stats().double_frees == 2);
    CHECK("realloc of one", replace_realloc(large, 10) == NULL);
    CHECK("walk", pool_check(0) == 0);
}

static void test_full(void) {
    int index, inside = 0;

    group_begin("a full pool does without");
    native_open(4 * MB, POOL_RECYCLE);
    for (index = 0; index < 100; index++) {
        void *user = replace_malloc(900000);
        inside += POOL_OWNS(user);
        replace_free(user);
    }
    CHECK("what waits is used before the original is", inside == 100);
    CHECK("no fallback", stats().fallback_allocs == 0);
    CHECK("walk", pool_check(0) == 0);
}

static void test_damage(void) {
    char *blocks[100];
    int index;

    group_begin("damage to a block that waits");
    native_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < 100; index++)
        blocks[index] = replace_malloc(1000);
    for (index = 0; index < 100; index++)
        replace_free(blocks[index]);
    memset(blocks[50] - 12, 0xFF, 8);
    for (index = 0; index < 20000; index++)
        replace_free(replace_malloc(200));
    CHECK("is counted", stats().corrupt_headers == 1);
    CHECK("and has no other effect", stats().current_used == 0 && POOL_OWNS(replace_malloc(1000)));
}

static void *churn(void *argument) {
    uintptr_t seed = (uintptr_t)argument;
    unsigned char *slots[64] = {0};
    int step;

    for (step = 0; step < 20000; step++) {
        unsigned char **slot = &slots[(seed = seed * 1103515245 + 12345) >> 8 & 63];
        if (*slot != NULL && **slot != (unsigned char)((uintptr_t)*slot >> 4))
            return argument;
        replace_free(*slot);
        *slot = replace_malloc((seed >> 4 & 1023) + 1);
        **slot = (unsigned char)((uintptr_t)*slot >> 4);
    }
    for (step = 0; step < 64; step++)
        replace_free(slots[step]);
    return NULL;
}

static void test_threads(void) {
    pthread_t threads[4];
    uintptr_t index, wrong = 0;
    void *result;

    group_begin("threads");
    native_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < 4; index++)
        pthread_create(&threads[index], NULL, churn, (void *)(index + 1));
    for (index = 0; index < 4; index++) {
        pthread_join(threads[index], &result);
        wrong += result != NULL;
    }
    CHECK("contents", wrong == 0);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("the limit holds", POOL_STATE->quarantine.bytes <= HELD);
    pool_quarantine_drain(0);
    pool_reset();
    CHECK("all can be given back", stats().committed == 0 && pool_check(1) == 0);
}

int main(void) {
    native_quarantine_bytes = HELD;
    test_delay();
    test_full();
    test_damage();
    test_threads();
    return check_end();
}
