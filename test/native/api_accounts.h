/* SPDX-License-Identifier: MIT */
/* Statistics: with the pool on, off, and full. */
#ifndef POOLNV_TEST_API_ACCOUNTS_H
#define POOLNV_TEST_API_ACCOUNTS_H

#include "api_hidden.h"

static uint32_t span_of(const void *user) {
    uint32_t page = POOL_OFFSET(user) >> POOL_PAGE_SHIFT;
    return page - POOL_TAG_BACK(POOL_PAGES[page].tag);
}

static void test_counters(void) {
    char *user, *small, *large;
    struct PoolSnapshot now;
    void *foreign;
    int local;

    group_begin("bad pointers");
    native_open(64 * MB, POOL_RECYCLE);
    small = replace_malloc(100);
    large = replace_malloc(100000);
    replace_free(small);
    replace_free(small);
    CHECK("double free", stats().double_frees == 1 && stats().pool_frees_ignored == 1);
    CHECK("realloc of a free block", replace_realloc(small, 10) == NULL && errno == ENOMEM);
    replace_free(large);
    replace_free(large);
    CHECK("double free of a large block", stats().double_frees == 2);
    small = replace_malloc(100);
    large = replace_malloc(100000);
    now = stats();
    replace_free(small + 16);
    replace_free(small + 1);
    replace_free(large + 16);
    replace_free(large + 50000);
    replace_free(large + 7);
    replace_free((void *)native_region);
    replace_free((char *)native_region + 5);
    replace_free((char *)native_region + 8192 + 3);
    replace_free((char *)native_region + 60 * MB);
    replace_free((char *)native_region + 64 * MB - 1);
    CHECK("interior and wild", stats().corrupt_headers == now.corrupt_headers + 10);
    CHECK("all ignored", stats().pool_frees_ignored == now.pool_frees_ignored + 10);
    CHECK("nothing happened", stats().current_used == now.current_used);
    CHECK("size of a wild one", replace_malloc_usable_size(small + 16) == 0);
    ((uint32_t *)small)[-1] ^= 4;
    replace_free(small);
    CHECK("damaged magic", stats().corrupt_headers == now.corrupt_headers + 12);
    CHECK("damaged realloc", replace_realloc(small, 5) == NULL);
    CHECK("damaged msize", replace__msize(small) == (size_t)-1 && errno == EINVAL);
    ((uint32_t *)small)[-1] ^= 4;
    ((uint32_t *)small)[-3] = 4000000;
    CHECK("damaged size", replace_realloc(small, 5) == NULL);
    ((uint32_t *)small)[-3] = 100;
    CHECK("repaired", replace_realloc(small, 99) == (void *)small);
    replace_free(large);
    user = replace_malloc(112 - 12);
    replace_free(user);
    ((uint32_t *)user)[-3] = 0xFFFFFFF0; /* in a cache it is not followed */
    now = stats();
    CHECK("a damaged header in a cache",
          replace_malloc(100) == (void *)user && stats().corrupt_headers == now.corrupt_headers);
    replace_free(user);
    pool_cache_flush();
    ((uint32_t *)POOL_AT(POOL_PAGES[span_of(user)].free))[-3] =
        0xFFFFFFF0; /* the link of a free block */
    CHECK("damaged link is noticed",
          POOL_OWNS(replace_malloc(100)) && stats().corrupt_headers == now.corrupt_headers + 1);
    CHECK("and the class goes on", POOL_OWNS(replace_malloc(100)));
    foreign = hide(malloc(10));
    now = stats();
    replace_free(foreign);
    CHECK("foreign free", stats().foreign_frees == now.foreign_frees + 1 &&
                              stats().total_frees == now.total_frees + 1);
    foreign = replace_realloc(hide(malloc(10)), 1000);
    CHECK("foreign realloc stays foreign", !POOL_OWNS(foreign));
    replace_free(foreign);
    CHECK("not ours", !POOL_OWNS(&local));
}

/* A pointer at which no block can begin is no damage; at a multiple of 32 an over-aligned block
 * may. */
static void test_interior_frees(enum PoolStrategy strategy) {
    struct PoolSnapshot before, now;
    uintptr_t doubtful = strategy == POOL_RECYCLE ? 32 : 16;
    uint64_t interior = 0;
    char *user, *large;
    int distance;

    group_begin(strategy == POOL_RECYCLE ? "interior frees" : "interior frees, bump");
    native_open(64 * MB, strategy);
    user = replace_malloc(1000);
    large = replace_malloc(100000);
    memset(user, 0, 1000);
    memset(large, 0, 100000);
    before = stats();
    for (distance = 1; distance < 1000; distance++) {
        replace_free(user + distance);
        interior += (uintptr_t)(user + distance) % doubtful != 0;
        replace_free(large + 5 * distance);
        interior += (uintptr_t)(large + 5 * distance) % doubtful != 0;
    }
    now = stats();
    CHECK("counted", now.corrupt_headers == before.corrupt_headers + 2 * 999);
    CHECK("apart", now.stray_pointers == before.stray_pointers + interior);
    ((uint32_t *)user)[-1] ^= 4;
    ((uint32_t *)large)[-2] ^= 4;
    replace_free(user);
    replace_free(large);
    CHECK("damage is none", stats().corrupt_headers == now.corrupt_headers + 2 &&
                                stats().stray_pointers == now.stray_pointers);
}

static void test_long_counts(void) {
    struct PoolCache *cache;
    struct PoolSnapshot before, now;
    void *user;

    group_begin("counts beyond 32 bits");
    native_open(64 * MB, POOL_RECYCLE);
    replace_free(replace_malloc(100));
    cache = pool_cache_enter();
    cache->magazines[0].allocs = cache->magazines[0].reallocs = 0xFFFFFFFFull;
    cache->null_frees = 0xFFFFFFFFull;
    pool_cache_leave(cache);
    before = stats();
    CHECK("a class", before.classes[0].total == 0xFFFFFFFFull);
    CHECK("all", before.pool_allocs == 0x100000000ull && before.reallocs == 0xFFFFFFFFull);
    user = replace_malloc(1);
    replace_free(NULL);
    now = stats();
    CHECK("the class goes on", now.classes[0].total == 0x100000000ull);
    CHECK("all go on", now.pool_allocs == 0x100000001ull);
    CHECK("frees", now.total_frees == before.total_frees + 1);
    replace_free(user);
    CHECK("of a block", stats().total_frees == before.total_frees + 2);
}

static void test_inactive(void) {
    char *user, *large, *other;
    uint64_t allocs;

    group_begin("inactive");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    large = replace_malloc(100000);
    memset(user, 4, 100);
    allocs = stats().pool_allocs;
    CHECK("state", pool_set_active(0) == 0 && stats().active == 0);
    other = replace_malloc(10);
    CHECK("to the original", !POOL_OWNS(other) && stats().fallback_allocs == 0);
    replace_free(other);
    CHECK("foreign free counts", stats().foreign_frees == 1);
    CHECK("aligned to the original", !POOL_OWNS(other = replace_memalign(64, 64)));
    replace_free(other);
    CHECK("size still known", replace_malloc_usable_size(user) == 100);
    other = replace_realloc(user, 10000);
    CHECK("realloc moves out", !POOL_OWNS(other) && filled(other, 4, 100));
    replace_free(other);
    replace_free(large);
    CHECK("nothing in use", stats().current_used == 0 && stats().pool_allocs == allocs);
    CHECK("on again", pool_set_active(7) == 1 && POOL_OWNS(other = replace_malloc(10)));
    replace_free(other);
}

static void test_exhaustion(void) {
    enum { COUNT = 5000 };
    static char *blocks[COUNT];
    uint64_t peak;
    char *user;
    int index, inside = 0;

    group_begin("full region, refused commits, reset");
    native_open(8 * MB, POOL_RECYCLE);
    for (index = 0; index < COUNT; index++) {
        blocks[index] = replace_malloc(3000);
        memset(blocks[index], index, 3000);
        inside += POOL_OWNS(blocks[index]);
    }
    CHECK("served to the end", inside > 2400 && inside < 2800);
    CHECK("fallbacks", stats().fallback_allocs == (uint64_t)(COUNT - inside));
    CHECK("walk when full", pool_check(1) == 0);
    for (index = 0; index < 16; index++) {
        uint64_t before = stats().fallback_allocs, foreign = stats().foreign_frees;
        user = replace__aligned_offset_malloc(60000, 32, (size_t)index * 3);
        CHECK("aligned", !POOL_OWNS(user) && ((uintptr_t)user + (size_t)index * 3) % 32 == 0);
        memset(user, 1, 60000);
        CHECK("an aligned fallback is one", stats().fallback_allocs == before + 1);
        CHECK("measured", replace__aligned_msize(user, 32, (size_t)index * 3) >= 60000);
        replace__aligned_free(user);
        CHECK("its free is one", stats().foreign_frees == foreign + 1);
        user = replace_memalign((size_t)1 << index % 7, 60000);
        CHECK("memalign", !POOL_OWNS(user) && stats().fallback_allocs == before + 2);
        replace_free(user);
    }
    errno = 0;
    CHECK("a sum that wraps",
          replace__aligned_malloc(too_much(0) * 2 - 20, 64) == NULL && errno == ENOMEM);
    user = replace_realloc(blocks[0], 200000);
    CHECK("realloc out of a full pool", !POOL_OWNS(user) && filled(user, 0, 3000));
    replace_free(user);
    blocks[1] = user = replace_realloc(blocks[1], 4000);
    CHECK("without slack", !POOL_OWNS(user) && malloc_usable_size(user) < 5000);
    for (index = 1; index < COUNT; index++) {
        if (!filled(blocks[index], index, 3000))
            break;
        replace_free(blocks[index]);
    }
    CHECK("content intact", index == COUNT);
    peak = stats().peak_used;
    CHECK("peak", peak > 7 * MB && peak <= 8 * MB && stats().current_used == 0);
    user = replace_malloc(7 * MB);
    CHECK("memory of one class serves all", POOL_OWNS(user));
    replace_free(user);
    CHECK("reset gives back", pool_reset() > 7 * MB && stats().committed == 0);
    CHECK("walk after reset", pool_check(1) == 0);
    replace_free(user);
    CHECK("free of decommitted memory", stats().corrupt_headers == 1);
    native_commits_left = 0;
    user = replace_malloc(100);
    CHECK("refused small", user != NULL && !POOL_OWNS(user));
    replace_free(user);
    user = replace_malloc(1 * MB);
    CHECK("refused large", user != NULL && !POOL_OWNS(user));
    replace_free(user);
    CHECK("walk after refusal", pool_check(1) == 0);
    native_commits_left = 1000;
    user = replace_calloc(1, 1 * MB);
    CHECK("recovers, zeroed", POOL_OWNS(user) && filled(user, 0, 1 * MB));
    replace_free(user);
    pool_reset();
    native_commits_left = 1;
    blocks[0] = replace_malloc(100);
    blocks[1] = replace_malloc(2 * MB);
    CHECK("one commit left", POOL_OWNS(blocks[0]) && !POOL_OWNS(blocks[1]));
    CHECK("walk", pool_check(1) == 0);
    native_commits_left = 1000;
    CHECK("live blocks survive a reset", pool_reset() < 8 * MB);
    memset(blocks[0], 1, 100);
    CHECK("walk", pool_check(1) == 0);
    replace_free(blocks[0]);
    replace_free(blocks[1]);
}

#endif
