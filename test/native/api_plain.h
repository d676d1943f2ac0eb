/* SPDX-License-Identifier: MIT */
/* malloc, calloc, realloc and free: addresses and content of blocks. */
#ifndef POOLNV_TEST_API_PLAIN_H
#define POOLNV_TEST_API_PLAIN_H

#include "api_hidden.h"

static void test_layout(void) {
    char *first, *second;

    group_begin("layout");
    native_open(64 * MB, POOL_RECYCLE);
    first = replace_malloc(100);
    second = replace_malloc(100);
    CHECK("100 bytes take 112", second - first == 112);
    CHECK("magic in front", ((uint32_t *)first)[-1] == 0xDEADBEEF);
    CHECK("size in front", ((uint32_t *)first)[-3] == 100);
    CHECK("in use", stats().current_used == 224);
    CHECK("in the region", POOL_OWNS(first) && !POOL_OWNS(NULL));
    memset(first, 0x5A, 100);
    replace_free(first);
    CHECK("freed bytes are not written", filled(first, 0x5A, 100));
    CHECK("freed magic", ((uint32_t *)first)[-1] == POOL_MAGIC_FREE);
    CHECK("reused at once", replace_malloc(90) == (void *)first);
    CHECK("control block", POOL_CONTROL->magic == POOL_CONTROL_MAGIC &&
                               POOL_CONTROL->self == (uintptr_t)POOL_CONTROL &&
                               memcmp(POOL_CONTROL, "POOLNV\r\n", 8) == 0);
    CHECK("second init is harmless", pool_init() == 0 && replace_malloc(1) != NULL);
    CHECK("walk", pool_check(1) == 0);
    POOL_STATE->heaps[0].used++;
    CHECK("the walk notices a wrong sum", pool_check(1) != 0 && pool_check(0) == 0);
    POOL_STATE->heaps[0].used--;
    POOL_PAGES[1].in_use++;
    CHECK("the walk notices a wrong count", pool_check(0) != 0);
    POOL_PAGES[1].in_use--;
}

static void test_plain(void) {
    char *user, *other;
    uint64_t frees;

    group_begin("malloc, calloc, realloc, free");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(0);
    other = replace_malloc(0);
    CHECK("malloc(0) is unique", user != NULL && user != other);
    replace_free(user);
    replace_free(other);
    frees = stats().total_frees;
    replace_free(NULL);
    CHECK("free(NULL) is a call", stats().total_frees == frees + 1);
    user = replace_malloc(200);
    memset(user, 0xFF, 200);
    replace_free(user);
    other = replace_calloc(50, 4);
    CHECK("calloc of used memory", other == user && filled(other, 0, 200));
    replace_free(other);
    other = replace_realloc(NULL, 40);
    CHECK("realloc(NULL)", POOL_OWNS(other));
    memset(other, 7, 40);
    other = replace_realloc(other, 5000);
    CHECK("realloc copies, small to small", filled(other, 7, 40));
    memset(other, 8, 5000);
    other = replace_realloc(other, 100000);
    CHECK("realloc copies, small to large", filled(other, 8, 5000));
    memset(other, 9, 100000);
    other = replace_realloc(other, 300000);
    CHECK("realloc copies, large to large", filled(other, 9, 100000));
    user = replace_realloc(other, 200000);
    CHECK("shrinks in place", user == other && filled(other, 9, 100000));
    other = replace_realloc(user, 50);
    CHECK("realloc copies, large to small", filled(other, 9, 50));
    frees = stats().total_frees;
    CHECK("realloc to 0 frees", replace_realloc(other, 0) == NULL);
    CHECK("which is no call of free", stats().total_frees == frees);
    errno = 0;
    CHECK("calloc overflow", replace_calloc(too_much(0) / 2, 3) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("invalid size", replace_malloc(too_much(5)) == NULL && errno == ENOMEM);
    CHECK("invalid is no fallback", stats().fallback_allocs == 0);
    user = replace_malloc(10);
    errno = 0;
    CHECK("realloc too much", replace_realloc(user, too_much(100)) == NULL && errno == ENOMEM);
    CHECK("and the block lives", replace_malloc_usable_size(user) == 10);
    replace_free(user);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("reallocs", stats().reallocs == 8);
    CHECK("walk", pool_check(1) == 0);
}

static void test_large(void) {
    char *user, *other, *wall;
    struct PoolSnapshot now;

    group_begin("large blocks");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_calloc(1, 3 * MB);
    CHECK("fresh pages read as zero", filled(user, 0, 3 * MB));
    memset(user, 1, 3 * MB);
    replace_free(user);
    other = replace_calloc(1, 2 * MB);
    CHECK("used pages are zeroed", other == user && filled(other, 0, 2 * MB));
    memset(other, 2, 2 * MB);
    user = replace_realloc(other, 5 * MB);
    CHECK("grows in place over free pages and the top", user == other && filled(user, 2, 2 * MB));
    wall = replace_malloc(100000);
    other = replace_realloc(user, 6 * MB);
    CHECK("moves if it can't", other != user && filled(other, 2, 2 * MB));
    replace_free(wall);
    replace_free(other);
    now = stats();
    CHECK("none live", now.current_used == 0 && now.classes[now.class_count - 1].live == 0);
    CHECK("rows count", now.classes[POOL_STATE->class_count].max_size == 65536 &&
                            now.classes[POOL_STATE->class_count + 1].total == 1);
    user = replace_malloc(40 * MB);
    CHECK("neighbours were merged", POOL_OWNS(user));
    replace_free(user);
    CHECK("walk", pool_check(1) == 0);
}

#endif
