/* SPDX-License-Identifier: MIT */
/* Size classes: which one a request gets, and how the start of a block in a span is recognised.
 * From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread classes.c -o classes
 *   ./classes
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

static void test_division(void) {
    uint32_t index, at, wrong = 0;

    group_begin("division by strides");
    native_open(64 * MB, POOL_RECYCLE);
    for (index = 0; index < POOL_STATE->class_count; index++) {
        struct PoolClass *class = &POOL_STATE->classes[index];
        for (at = 0; at < class->span_pages << POOL_PAGE_SHIFT; at += 8)
            wrong +=
                ((at >> 3) * class->inverse <= class->inverse - 1) != (at % class->stride == 0);
    }
    CHECK("exact for every place in every span", wrong == 0);
}

static void test_classes(void) {
    uint32_t index;
    size_t size, measured, before = 0, wrong = 0;
    char *user;

    group_begin("size classes");
    for (index = 0; index < POOL_STATE->class_count; index++) {
        struct PoolClass *class = &POOL_STATE->classes[index];
        CHECK("strides grow", class->stride > before && class->stride % 8 == 0);
        before = class->stride;
        if (index == POOL_TINY_INDEX)
            continue;
        CHECK("and keep blocks 16-byte aligned", class->stride % 16 == 0);
        for (size = class->max_size - 1; size <= class->max_size + 1u; size++) {
            user = replace_malloc(size);
            CHECK("aligned", user != NULL && (uintptr_t)user % 16 == 0);
            CHECK("size kept", pool_size(user, &measured) == POOL_OK && measured == size);
            memset(user, (int)index, size);
            CHECK("realloc to the same", replace_realloc(user, size) == (void *)user);
            replace_free(user);
        }
    }
    for (size = 0; size <= POOL_SMALL_MAX; size++) {
        struct PoolClass *class = pool_class_for(size);
        wrong += class->max_size < size;
        wrong += class->index == POOL_TINY_INDEX;
        if (--class == &POOL_STATE->classes[POOL_TINY_INDEX])
            class -= 1;
        wrong += class >= POOL_STATE->classes && class->max_size >= size;
    }
    CHECK("every size in its class", wrong == 0);
    CHECK("walk", pool_check(1) == 0);
}

int main(void) {
    test_division();
    test_classes();
    return check_end();
}
