/* SPDX-License-Identifier: MIT */
/* Every entry point of the recycle strategy, one thread. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread api.c -o api && ./api
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "api_plain.h"
#include "api_aligned.h"
#include "api_accounts.h"
#include "api_heap.h"

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

/* fork without other threads takes no lock; handlers of the child may run after the pool's turn. */
static void test_child_calls(void) {
    struct PoolCache *other;
    pid_t child;
    int status;

    group_begin("calls around a fork");
    native_open(64 * MB, POOL_RECYCLE);
    replace_free(replace_malloc(100));
    pool_fork_prepare();
    pool_fork_prepare();
    pool_fork_parent();
    CHECK("locked until the last call", POOL_STATE->shared_lock == 1);
    pool_fork_parent();
    pool_fork_parent();
    CHECK("free after the last call", POOL_STATE->shared_lock == 0 && POOL_STATE->fork_owner == 0);
    other = POOL_CACHE(POOL_STATE->caches_seen++);
    other->owned = 1;
    child = fork();
    if (child == 0) {
        pool_fork_child();
        status = other->owned != 0 || POOL_STATE->shared_lock != 0;
        other->owned = 1; /* a thread of the child */
        pool_fork_child();
        status |= other->owned != 1 || POOL_STATE->shared_lock != 0;
        other->owned = 0;
        replace_free(replace_malloc(100));
        _exit(status | (pool_check(1) != 0));
    }
    other->owned = 0;
    CHECK("child", waitpid(child, &status, 0) == child && status == 0);
}

int main(void) {
    test_layout();
    test_plain();
    test_large();
    test_counters();
    test_aligned();
    test_windows();
    test_heap_of_pool_blocks();
    test_heap_of_foreign_blocks();
    test_interior_frees(POOL_RECYCLE);
    test_interior_frees(POOL_BUMP);
    test_long_counts();
    test_inactive();
    test_exhaustion();
    test_init();
    test_fork();
    test_child_calls();
    return check_end();
}
