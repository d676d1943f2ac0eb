/* SPDX-License-Identifier: MIT */
/* The system's heap functions in a C runtime's import slots. */
#ifndef POOLNV_TEST_API_HEAP_H
#define POOLNV_TEST_API_HEAP_H

#include "api_hidden.h"

#define ZERO_MEMORY   0x08
#define IN_PLACE_ONLY 0x10

static void test_heap_of_pool_blocks(void) {
    void *heap = &native_heap_calls, *other_heap = NULL;
    char *user, *moved;

    group_begin("HeapSize, HeapFree and HeapReAlloc of a block of the pool");
    native_open(64 * MB, POOL_RECYCLE);
    native_heap_calls.count = 0;
    user = replace_malloc(33);
    CHECK("size", import_HeapSize(heap, 0, user) == 33);
    CHECK("whatever the heap and the flags", import_HeapSize(other_heap, 1, user) == 33);
    CHECK("of what is no block", import_HeapSize(heap, 0, user + 16) == (size_t)-1);
    CHECK("which is counted", stats().corrupt_headers == 1);
    memset(user, 5, 33);
    CHECK("in place", import_HeapReAlloc(heap, IN_PLACE_ONLY, user, 36) == (void *)user);
    CHECK("the new size", import_HeapSize(heap, 0, user) == 36);
    CHECK("not in place", import_HeapReAlloc(heap, IN_PLACE_ONLY, user, 4000) == NULL);
    CHECK("the block is as it was", import_HeapSize(heap, 0, user) == 36 && filled(user, 5, 33));
    CHECK("that is no realloc", stats().reallocs == 0);
    moved = import_HeapReAlloc(heap, ZERO_MEMORY, user, 4000);
    CHECK("moved", POOL_OWNS(moved) && moved != user);
    CHECK("its content", filled(moved, 5, 33) && filled(moved + 36, 0, 4000 - 36));
    CHECK("that is one", stats().reallocs == 1);
    memset(moved, 6, 4000);
    user = import_HeapReAlloc(heap, ZERO_MEMORY | IN_PLACE_ONLY, moved, 4001);
    CHECK("zeroed in place", user == moved && filled(user, 6, 4000) && user[4000] == 0);
    user = import_HeapReAlloc(heap, 0, user, 0);
    CHECK("no bytes are a block, too", POOL_OWNS(user) && import_HeapSize(heap, 0, user) == 0);
    CHECK("too much", import_HeapReAlloc(heap, 0, user, too_much(100)) == NULL);
    CHECK("leaves it", import_HeapSize(heap, 0, user) == 0);
    CHECK("free", import_HeapFree(heap, 0, user) == 1);
    CHECK("which is a free", stats().total_frees == 1 && stats().current_used == 0);
    CHECK("free again", import_HeapFree(other_heap, 1, hide(user)) == 1);
    CHECK("which is counted, too", stats().double_frees == 1);
    CHECK("the system's heap saw none of it", native_heap_calls.count == 0);
}

static void test_heap_of_foreign_blocks(void) {
    void *heap = &native_heap_calls;
    char *user = hide(malloc(100));

    group_begin("HeapSize, HeapFree and HeapReAlloc of other blocks");
    native_open(64 * MB, POOL_RECYCLE);
    native_heap_calls.count = 0;
    CHECK("size", import_HeapSize(heap, 1, user) == malloc_usable_size(user));
    CHECK("as it was called", native_heap_calls.heap == heap && native_heap_calls.flags == 1);
    user = import_HeapReAlloc(heap, ZERO_MEMORY, user, 3000);
    CHECK("realloc", user != NULL && !POOL_OWNS(user) && native_heap_calls.flags == ZERO_MEMORY);
    CHECK("free", import_HeapFree(heap, 4, user) == 1 && native_heap_calls.flags == 4);
    CHECK("free of NULL", import_HeapFree(heap, 0, NULL) == 1);
    CHECK("all of them reached the system's heap", native_heap_calls.count == 4);
    CHECK("and none counts", stats().total_frees == 0 && stats().reallocs == 0);
}

#endif
