/* SPDX-License-Identifier: MIT */
/* The entry points that align, and those that only Windows has. */
#ifndef POOLNV_TEST_API_ALIGNED_H
#define POOLNV_TEST_API_ALIGNED_H

#include "api_hidden.h"

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
            CHECK("plain realloc copies the bytes", ok);
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
    CHECK("invalid", replace__aligned_malloc(10, 24) == NULL && errno == EINVAL);
    user = replace__aligned_malloc(100, 256);
    memset(user, 1, 100);
    user = replace__aligned_realloc(user, 20000, 256);
    CHECK("_aligned_realloc", (uintptr_t)user % 256 == 0 && filled(user, 1, 100));
    CHECK("invalid realloc", replace__aligned_realloc(user, 10, 3) == NULL);
    user = replace__aligned_realloc(user, 30000, 0);
    CHECK("realloc with the default alignment", user != NULL && filled(user, 1, 100));
    user = replace__aligned_offset_realloc(user, 90000, 0, 8);
    CHECK("offset realloc with the default alignment", user != NULL && filled(user, 1, 100));
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

#endif
