/* SPDX-License-Identifier: MIT */
/* Every entry point of the recycle strategy, one thread. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread api.c -o api && ./api
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

static void *hide(void *pointer) { /* from compilers that know what malloc does */
    void *volatile hidden = pointer;
    return hidden;
}

static size_t too_much(size_t less) {
    volatile size_t size = (size_t)-1 - less;
    return size;
}

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
    CHECK("freed bytes stay", filled(first, 0x5A, 100));
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
    POOL_PAGES[1].out++;
    CHECK("the walk notices a wrong count", pool_check(0) != 0);
    POOL_PAGES[1].out--;
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
    CHECK("realloc keeps, small to small", filled(other, 7, 40));
    memset(other, 8, 5000);
    other = replace_realloc(other, 100000);
    CHECK("realloc keeps, small to large", filled(other, 8, 5000));
    memset(other, 9, 100000);
    other = replace_realloc(other, 300000);
    CHECK("realloc keeps, large to large", filled(other, 9, 100000));
    user = replace_realloc(other, 200000);
    CHECK("shrinks in place", user == other && filled(other, 9, 100000));
    other = replace_realloc(user, 50);
    CHECK("realloc keeps, large to small", filled(other, 9, 50));
    frees = stats().total_frees;
    CHECK("realloc to 0 frees", replace_realloc(other, 0) == NULL);
    CHECK("which is no call of free", stats().total_frees == frees);
    errno = 0;
    CHECK("calloc overflow", replace_calloc(too_much(0) / 2, 3) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK("nonsense size", replace_malloc(too_much(5)) == NULL && errno == ENOMEM);
    CHECK("nonsense is no fallback", stats().fallback_allocs == 0);
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
    CHECK("moves where it can't", other != user && filled(other, 2, 2 * MB));
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
    CHECK("mended", replace_realloc(small, 99) == (void *)small);
    replace_free(large);
    user = replace_malloc(112 - 12);
    replace_free(user);
    ((uint32_t *)user)[-3] = 0xFFFFFFF0; /* in a cache nobody follows it */
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

static void test_aligned(void) {
    static const size_t sizes[] = {0, 1, 100, 4096, 30000, 70000, 1000000};
    size_t alignment, index;
    char *user, *moved;
    void *out;
    int ok;

    group_begin("aligned, Linux");
    native_open(256 * MB, POOL_RECYCLE);
    for (alignment = 1; alignment <= 4 * MB; alignment *= 2)
        for (index = 0; index < sizeof sizes / sizeof *sizes; index++) {
            user = replace_memalign(alignment, sizes[index]);
            CHECK("aligned", POOL_OWNS(user) && (uintptr_t)user % alignment == 0);
            CHECK("exact size", replace_malloc_usable_size(user) == sizes[index]);
            memset(user, 3, sizes[index]);
            moved = replace_realloc(user, sizes[index] + 5000);
            ok = filled(moved, 3, sizes[index]);
            CHECK("plain realloc keeps the bytes", ok);
            replace_free(moved);
        }
    user = replace_memalign(4096, 10);
    replace_free(user);
    CHECK("plain free takes all", stats().current_used == 0 && stats().corrupt_headers == 0);
    index = (size_t)stats().double_frees;
    replace_free(user);
    CHECK("twice is a double free", stats().double_frees == index + 1);
    CHECK("posix_memalign", replace_posix_memalign(&out, 64, 10) == 0 && POOL_OWNS(out));
    replace_free(out);
    CHECK("posix_memalign refuses",
          replace_posix_memalign(&out, 24 + too_much(0) * 0, 10) == EINVAL);
    user = replace_valloc(10);
    CHECK("valloc", POOL_OWNS(user) && (uintptr_t)user % 4096 == 0);
    replace_free(user);
    user = replace_pvalloc(10);
    CHECK("pvalloc", POOL_OWNS(user) && replace_malloc_usable_size(user) == 4096);
    replace_free(user);
    user = replace_aligned_alloc(32, 64);
    CHECK("aligned_alloc", POOL_OWNS(user) && (uintptr_t)user % 32 == 0);
    user = replace_reallocarray(user, 10, 10);
    CHECK("reallocarray", replace_malloc_usable_size(user) == 100);
    errno = 0;
    index = (size_t)stats().reallocs;
    CHECK("reallocarray overflow",
          replace_reallocarray(user, too_much(0), 2) == NULL && errno == ENOMEM);
    CHECK("is counted", stats().reallocs == index + 1);
    replace_free(user);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
}

static void test_windows(void) {
    char *user, *other;
    size_t offset;

    group_begin("aligned and others, Windows");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace__malloc_base(33);
    CHECK("_msize", replace__msize(user) == 33 && replace__msize_base(user) == 33);
    CHECK("_msize(NULL)", replace__msize(NULL) == (size_t)-1 && errno == EINVAL);
    CHECK("_expand within", replace__expand(user, 36) == (void *)user);
    CHECK("_expand beyond", replace__expand_base(user, 40) == NULL);
    user = replace__realloc_base(user, 40);
    memset(user, 5, 40);
    user = replace__recalloc(user, 100, 2);
    CHECK("_recalloc", filled(user, 5, 40) && filled(user + 40, 0, 160));
    CHECK("_recalloc overflow", replace__recalloc_base(user, too_much(0), 2) == NULL);
    CHECK("_recalloc to 0", replace__recalloc(user, 0, 2) == NULL);
    other = replace__recalloc(hide(malloc(10)), 1000, 3);
    CHECK("foreign _recalloc stays foreign", !POOL_OWNS(other) && filled(other + 100, 0, 2900));
    replace_free(other);
    user = replace__recalloc(NULL, 3, 3);
    CHECK("_recalloc(NULL)", filled(user, 0, 9));
    replace__free_base(user);
    user = replace__calloc_base(3, 3);
    replace_free(user);
    user = replace_malloc(100000);
    CHECK("_expand of a large block", replace__expand(user, 900000) == (void *)user);
    CHECK("_expand down", replace__expand(user, 100) == (void *)user);
    CHECK("then", replace__msize(user) == 100);
    replace_free(user);
    CHECK("nothing in use", stats().current_used == 0);
    for (offset = 0; offset < 70; offset++) {
        user = replace__aligned_offset_malloc(100, 64, offset);
        CHECK("offset", POOL_OWNS(user) && ((uintptr_t)user + offset) % 64 == 0);
        CHECK("offset size", replace__aligned_msize(user, 64, offset) == 100);
        memset(user, 6, 100);
        user = replace__aligned_offset_realloc(user, 300, 64, offset);
        CHECK("offset realloc", ((uintptr_t)user + offset) % 64 == 0 && filled(user, 6, 100));
        user = replace__aligned_offset_recalloc(user, 2, 400, 64, offset);
        CHECK("offset recalloc", ((uintptr_t)user + offset) % 64 == 0 && filled(user, 6, 100) &&
                                     filled(user + 300, 0, 500));
        replace__aligned_free(user);
    }
    CHECK("nothing in use", stats().current_used == 0 && stats().corrupt_headers == 0);
    errno = 0;
    CHECK("nonsense", replace__aligned_malloc(10, 24) == NULL && errno == EINVAL);
    user = replace__aligned_malloc(100, 256);
    memset(user, 1, 100);
    user = replace__aligned_realloc(user, 20000, 256);
    CHECK("_aligned_realloc", (uintptr_t)user % 256 == 0 && filled(user, 1, 100));
    CHECK("nonsense realloc", replace__aligned_realloc(user, 10, 3) == NULL);
    CHECK("to 0", replace__aligned_realloc(user, 0, 256) == NULL);
    user = replace__aligned_recalloc(NULL, 10, 10, 256);
    CHECK("_aligned_recalloc", filled(user, 0, 100));
    replace__aligned_free(user);
    replace__aligned_free(NULL);
    user = native_aligned_malloc(100, 64); /* the CRT's own, inside a pool block */
    memset(user, 2, 100);
    CHECK("the CRT's own block", POOL_OWNS(user));
    CHECK("its size", replace__aligned_msize(user, 64, 0) >= 100);
    other = replace__aligned_realloc(user, 500, 64);
    CHECK("its realloc", filled(other, 2, 100));
    replace__aligned_free(other);
    user = native_aligned_malloc(100, 64);
    memset(user, 2, 100);
    user = replace__aligned_recalloc(user, 100, 3, 64);
    CHECK("its recalloc", filled(user, 2, 100) && filled((char *)user + 100, 0, 200));
    replace__aligned_free(user);
    user = native_offset_malloc(100, 64, 7);
    CHECK("its end", replace__aligned_offset_realloc(user, 0, 64, 7) == NULL);
    user = native_aligned_malloc(100, 64);
    replace__aligned_free(user);
    CHECK("none is corrupt", stats().corrupt_headers == 0 && stats().double_frees == 0);
    replace__aligned_free(user);
    CHECK("freed twice", stats().corrupt_headers == 1);
    user = replace__aligned_malloc(100, 64);
    memset(user, 3, 100);
    replace__aligned_free(user);
    replace__aligned_free(user);
    CHECK("_aligned_free twice", stats().double_frees == 1 && stats().corrupt_headers == 1);
    user = replace__aligned_malloc(100, 64);
    memset(user, 3, 100);
    replace__aligned_free(user + 16);
    CHECK("_aligned_free inside", stats().corrupt_headers == 2);
    CHECK("inside has no size", replace__aligned_msize(user + 16, 64, 0) == (size_t)-1);
    CHECK("inside is not resized", replace__aligned_realloc(user + 16, 10, 64) == NULL);
    CHECK("each counted", stats().corrupt_headers == 4);
    replace__aligned_free(user);
    CHECK("nothing in use", stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
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
    CHECK("with no room to grow", !POOL_OWNS(user) && malloc_usable_size(user) < 5000);
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

static void test_init(void) {
    struct PoolControl *control;

    group_begin("init");
    native_open(64 * MB, POOL_RECYCLE);
    control = POOL_CONTROL;
    POOL_STATE->ready = 0;
    control->region_bytes++;
    CHECK("wrong size", pool_init() == -POOL_EINVAL);
    control->region_bytes--;
    control->strategy = 9;
    CHECK("wrong strategy", pool_init() == -POOL_EINVAL);
    control->strategy = POOL_RECYCLE;
    control->metadata_bytes -= 1;
    CHECK("too little metadata", pool_init() == -POOL_EINVAL);
    CHECK("snapshot header",
          stats().bytes == sizeof(struct PoolSnapshot) && stats().version == POOL_SNAPSHOT_VERSION);
}

static void test_fork(void) {
    char *user, *inside;
    pid_t child;
    int status;

    group_begin("fork");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    pool_fork_prepare();
    inside = replace_malloc(100); /* another library's handler */
    replace_free(replace_malloc(200000));
    CHECK("allocates inside fork", POOL_OWNS(inside));
    child = fork();
    if (child == 0) {
        pool_fork_child();
        replace_free(user);
        replace_free(inside);
        _exit(pool_check(1) == 0 && POOL_CONTROL->pid == (uint32_t)getpid() ? 0 : 1);
    }
    pool_fork_parent();
    replace_free(inside);
    replace_free(user);
    CHECK("child", waitpid(child, &status, 0) == child && status == 0);
    CHECK("parent", pool_check(1) == 0 && stats().current_used == 0);
}

int main(void) {
    test_layout();
    test_plain();
    test_large();
    test_counters();
    test_aligned();
    test_windows();
    test_inactive();
    test_exhaustion();
    test_init();
    test_fork();
    return check_end();
}
