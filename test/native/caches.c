/* SPDX-License-Identifier: MIT */
/* Caches: threads that come and go, more of them than there are caches, blocks that change hands.
 * From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread caches.c -o caches
 *   ./caches
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#include <limits.h>

#define BLOCKS  500
#define THREADS (POOL_CACHE_LIMIT + 20)

static size_t size_of(unsigned index) { return index * 37 % 3000; }

static void fill_some(unsigned char **blocks, unsigned char byte) {
    unsigned index;

    for (index = 0; index < BLOCKS; index++) {
        blocks[index] = replace_malloc(size_of(index));
        memset(blocks[index], byte, size_of(index));
    }
}

static uintptr_t free_some(unsigned char **blocks, unsigned char byte) {
    uintptr_t wrong = 0;
    unsigned index;

    for (index = 0; index < BLOCKS; index++) {
        wrong += !filled(blocks[index], byte, size_of(index));
        replace_free(blocks[index]);
    }
    return wrong;
}

/* ---- a thread's life ---- */

static void *short_life(void *argument) {
    unsigned char *blocks[BLOCKS];

    fill_some(blocks, (unsigned char)(uintptr_t)argument);
    return (void *)free_some(blocks, (unsigned char)(uintptr_t)argument);
}

static void test_exit(void) {
    pthread_t thread;
    uintptr_t turn, wrong = 0;
    void *result;

    group_begin("threads that come and go");
    native_open(64 * MB, POOL_RECYCLE);
    for (turn = 1; turn <= 200; turn++) {
        pthread_create(&thread, NULL, short_life, (void *)turn);
        pthread_join(thread, &result);
        wrong += (uintptr_t)result;
    }
    CHECK("contents", wrong == 0);
    CHECK("one cache served them all", POOL_STATE->caches_seen == POOL_CACHE_FIRST + 1);
    CHECK("counted", stats().pool_allocs == 200 * BLOCKS && stats().total_frees == 200 * BLOCKS);
    CHECK("nothing in use", stats().current_used == 0 && pool_check(1) == 0);
    CHECK("nothing is lost", pool_reset() > 0 && stats().committed == 0);
    POOL_STATE->caches_seen++; /* as a child after fork sees one that was about to be set up */
    CHECK("one without stacks is left alone", pool_reset() == 0 && pool_check(1) == 0);
}

/* What other destructors of thread-specific data free is freed after the cache has gone. */
static pthread_key_t late_key;
static void free_late(void *user) {
    static __thread int turns;
    if (++turns < 3)
        pthread_setspecific(late_key, user);
    else
        replace_free(user);
}

static void *leave_late(void *argument) {
    replace_free(replace_malloc(100));
    pthread_setspecific(late_key, replace_malloc(100));
    return argument;
}

static void test_late_free(void) {
    pthread_t thread;
    int turn;

    group_begin("frees of a thread on its way out");
    native_open(64 * MB, POOL_RECYCLE);
    pthread_key_create(&late_key, free_late);
    for (turn = 0; turn < 50; turn++) {
        pthread_create(&thread, NULL, leave_late, NULL);
        pthread_join(thread, NULL);
    }
    CHECK("all freed", stats().current_used == 0 && stats().total_frees == 100);
    CHECK("no cache was taken for that", POOL_STATE->caches_seen <= POOL_CACHE_FIRST + 1);
    CHECK("walk", pool_check(1) == 0);
}

/* ---- more threads than caches ---- */

static pthread_barrier_t barrier;

static void *live_together(void *argument) {
    unsigned char *blocks[BLOCKS];
    unsigned char byte = (unsigned char)(uintptr_t)argument;
    uintptr_t wrong;

    fill_some(blocks, byte);
    pthread_barrier_wait(&barrier); /* all have their cache, or none */
    wrong = free_some(blocks, byte);
    fill_some(blocks, byte);
    return (void *)(wrong + free_some(blocks, byte));
}

static void test_crowd(void) {
    static pthread_t threads[THREADS];
    uintptr_t index, wrong = 0;
    void *result;

    group_begin("more threads than caches");
    native_open(512 * MB, POOL_RECYCLE);
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, live_together, (void *)index);
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], &result);
        wrong += (uintptr_t)result;
    }
    CHECK("contents", wrong == 0);
    CHECK("all caches were taken", POOL_STATE->caches_seen == POOL_CACHE_COUNT);
    CHECK("counted", stats().pool_allocs == 2 * THREADS * BLOCKS &&
                         stats().total_frees == 2 * THREADS * BLOCKS);
    CHECK("nothing in use", stats().current_used == 0 && pool_check(1) == 0);
    pool_reset();
    CHECK("nothing is lost", stats().committed == 0);
}

/* ---- what the C library does at a thread's end ---- */

static uint32_t caches_owned(void) {
    uint32_t index, owned = 0;

    for (index = POOL_CACHE_FIRST; index < POOL_STATE->caches_seen; index++)
        owned += POOL_CACHE(index)->owned;
    return owned;
}

#define LATE_LIMIT 64 /* LATE_FREES of thread_cache.c */

/* ThreadSanitizer ends its part of the thread in the last round. */
#ifdef __SANITIZE_THREAD__
#define LAST_ROUND (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#else
#define LAST_ROUND PTHREAD_DESTRUCTOR_ITERATIONS
#endif

static pthread_key_t last_key;
static __thread void *last_foreign, *last_user;

/* glibc clears the slot after the last round of destructors, and then frees buffers and the thread
 * vectors of other threads. */
static void free_last(void *value) {
    static __thread int rounds;

    if (++rounds < LAST_ROUND) {
        pthread_setspecific(last_key, value);
        return;
    }
    native_slot = NULL;
    replace_free(NULL);
    replace_free(last_foreign);
    replace_free(last_user);
}

static void *end_as_glibc(void *argument) {
    last_foreign = malloc(10);
    last_user = replace_malloc(100);
    replace_free(replace_malloc(200));
    pthread_setspecific(last_key, &last_key);
    return argument;
}

/* A new thread at the address of one that has ended. */
static void *free_on(void *argument) {
    unsigned index;

    replace_free(replace_malloc(100));
    pool_thread_exit(native_slot);
    native_slot = NULL;
    for (index = 0; index < LATE_LIMIT + 1; index++)
        replace_free(NULL);
    (void)argument;
    return native_slot;
}

static void test_cleared_slot(void) {
    pthread_t thread;
    void *slot = NULL;
    int turn;

    group_begin("frees of threads whose slot was cleared at their end");
    native_open(64 * MB, POOL_RECYCLE);
    pthread_key_create(&last_key, free_last);
    for (turn = 0; turn < 300; turn++) {
        pthread_create(&thread, NULL, end_as_glibc, NULL);
        pthread_join(thread, NULL);
    }
    CHECK("none took a cache again", caches_owned() == 0);
    CHECK("one cache served them all", POOL_STATE->caches_seen == POOL_CACHE_FIRST + 1);
    CHECK("counted", stats().pool_allocs == 600 && stats().total_frees == 300 * 4 &&
                         stats().foreign_frees == 300);
    CHECK("nothing in use", stats().current_used == 0 && pool_check(1) == 0);
    pthread_create(&thread, NULL, free_on, NULL);
    pthread_join(thread, &slot);
    CHECK("one that frees on gets a cache", slot != NULL);
    CHECK("and releases it", caches_owned() == 0 && pool_check(1) == 0);
}

static void test_predecessor(void) {
    void *user, *slot;

    group_begin("a thread at the address of one that did not release its cache");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    slot = native_slot;
    native_slot = NULL;
    replace_free(user);
    CHECK("has its cache", native_slot == slot && slot != NULL && caches_owned() == 1);
    CHECK("and its blocks", replace_malloc(100) == user && pool_check(1) == 0);
}

/* ---- which cache, and how much it retains ---- */

#define CROWD 40

static pthread_barrier_t start, leave[CROWD];

static void *live_until(void *argument) {
    replace_free(replace_malloc(100));
    pthread_barrier_wait(&start);
    pthread_barrier_wait(&leave[(uintptr_t)argument]);
    return native_slot;
}

static void *attach_only(void *argument) {
    (void)argument;
    replace_free(replace_malloc(100));
    return native_slot;
}

static void test_warmest(void) {
    pthread_t threads[2], next;
    void *slots[2], *slot, *expected;
    uintptr_t index, last;

    group_begin("a new thread has the cache that was released last");
    for (last = 0; last < 2; last++) {
        native_open(64 * MB, POOL_RECYCLE);
        pthread_barrier_init(&start, NULL, 2);
        for (index = 0; index < 2; index++) {
            pthread_barrier_init(&leave[index], NULL, 2);
            pthread_create(&threads[index], NULL, live_until, (void *)index);
            pthread_barrier_wait(&start);
        }
        for (index = 0; index < 2; index++) {
            pthread_barrier_wait(&leave[last ^ index ^ 1]);
            pthread_join(threads[last ^ index ^ 1], &slots[last ^ index ^ 1]);
        }
        expected = slots[last];
        pthread_create(&next, NULL, attach_only, NULL);
        pthread_join(next, &slot);
        CHECK("the warmest", slot == expected && slots[0] != slots[1]);
        CHECK("no other was set up", POOL_STATE->caches_seen == POOL_CACHE_FIRST + 2);
    }
}

#define CROWD_SIZE 4000 /* bytes, above which sizes do not go */

/* Fills the magazines of all classes up to that size. */
static void *hoard(void *argument) {
    static const unsigned each = 40;
    unsigned char *blocks[40];
    size_t size;
    unsigned index;

    for (size = 8; size < CROWD_SIZE; size += size / 8 + 8) {
        for (index = 0; index < each; index++)
            blocks[index] = replace_malloc(size);
        for (index = 0; index < each; index++)
            replace_free(blocks[index]);
    }
    pthread_barrier_wait(&barrier);
    return argument;
}

static void *hoard_until(void *argument) {
    hoard(NULL);
    pthread_barrier_wait(&leave[(uintptr_t)argument]);
    return native_slot;
}

/* The threads leave in the opposite order of their caches, so that a search by index would fail. */
static void test_coldest(void) {
    pthread_t threads[CROWD];
    struct PoolOwner *owners[CROWD];
    uintptr_t index;
    int wrong = 0;
    void *slot;

    group_begin("the caches of ended threads are emptied in turn");
    native_open(128 * MB, POOL_RECYCLE);
    pthread_barrier_init(&barrier, NULL, CROWD);
    for (index = 0; index < CROWD; index++) {
        pthread_barrier_init(&leave[index], NULL, 2);
        pthread_create(&threads[index], NULL, hoard_until, (void *)index);
    }
    for (index = CROWD; index-- > 0;) {
        pthread_barrier_wait(&leave[index]);
        pthread_join(threads[index], &slot);
        owners[index] = &POOL_STATE->owners[POOL_CACHE_INDEX(POOL_SLOT_CACHE(slot))];
    }
    for (index = 1; index < CROWD; index++)
        wrong += owners[index]->retained != 0 && owners[index - 1]->retained == 0;
    CHECK("the first to be released is empty, the last is not",
          owners[CROWD - 1]->retained == 0 && owners[0]->retained != 0);
    CHECK("each was emptied before those released later", wrong == 0);
}

static uint32_t retained(void) {
    struct PoolMagazine *magazine;
    struct PoolClass *class;
    uint32_t index, at, bytes = 0;

    for (index = POOL_CACHE_FIRST; index < POOL_STATE->caches_seen; index++)
        for (at = 0; at < POOL_STATE->class_count && !POOL_CACHE(index)->owned; at++) {
            class = &POOL_STATE->classes[at];
            magazine = &POOL_CACHE(index)->magazines[at];
            bytes +=
                (uint32_t)(magazine->top - (magazine->limit - class->capacity)) * class->stride;
        }
    return bytes;
}

static void test_retained(void) {
    pthread_t threads[CROWD];
    uint32_t index, bytes;
    int status;
    pid_t child;

    group_begin("memory in the caches of ended threads");
    native_open(128 * MB, POOL_RECYCLE);
    pthread_barrier_init(&barrier, NULL, CROWD);
    for (index = 0; index < CROWD; index++)
        pthread_create(&threads[index], NULL, hoard, NULL);
    for (index = 0; index < CROWD; index++)
        pthread_join(threads[index], NULL);
    bytes = retained();
    CHECK("is limited", bytes <= 8 * MB && POOL_STATE->retained_limit == 8 * MB);
    CHECK("the warmest retain theirs", bytes > 4 * MB);
    CHECK("is counted exactly", bytes == POOL_STATE->retained_bytes);
    CHECK("nothing in use", stats().current_used == 0 && pool_check(1) == 0);
    replace_free(replace_malloc(100));
    CHECK("also without the cache taken over", retained() == POOL_STATE->retained_bytes);
    pool_fork_prepare();
    child = fork();
    if (child == 0) {
        pool_fork_child();
        _exit(retained() != POOL_STATE->retained_bytes || pool_check(1) != 0);
    }
    pool_fork_parent();
    CHECK("in a child too", waitpid(child, &status, 0) == child && status == 0);
    pool_reset();
    CHECK("nothing is lost", POOL_STATE->retained_bytes == 0 && stats().committed == 0);
}

/* ---- blocks that change hands ---- */

#define ROUNDS 200
#define PARCEL 1000

static void *parcel[PARCEL];

static void *consume(void *argument) {
    unsigned round, index;

    for (round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&barrier);
        for (index = 0; index < PARCEL; index++)
            replace_free(parcel[index]);
        pthread_barrier_wait(&barrier);
    }
    return argument;
}

static void test_one_way(void) {
    uint64_t committed = 0;
    unsigned round, index;
    pthread_t thread;

    group_begin("one thread allocates, another frees");
    native_open(64 * MB, POOL_RECYCLE);
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, consume, NULL);
    for (round = 0; round < ROUNDS; round++) {
        for (index = 0; index < PARCEL; index++)
            parcel[index] = replace_malloc(index % 600);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        if (round == 9)
            committed = stats().committed;
    }
    pthread_join(thread, NULL);
    CHECK("memory comes back to the one that allocates", stats().committed == committed);
    CHECK("counted", stats().pool_allocs == ROUNDS * PARCEL &&
                         stats().total_frees == ROUNDS * PARCEL && stats().current_used == 0);
    CHECK("walk", pool_check(1) == 0);
}

/* ---- realloc ---- */

static void test_growth(void) {
    char *text = replace_malloc(16), *next;
    size_t size;
    int moves = 0, wrong = 0;

    group_begin("realloc");
    memset(text, 7, 16);
    for (size = 32; size <= 4096; size += 16) {
        next = replace_realloc(text, size);
        moves += next != text;
        text = next;
        wrong += !filled(text, 7, size - 16) || replace_malloc_usable_size(text) != size;
        memset(text + size - 16, 7, 16);
    }
    CHECK("a growing block has its bytes", wrong == 0);
    CHECK("and moves seldom", moves < 24);
    for (moves = 0; size <= 100000; size += 16) {
        next = replace_realloc(text, size);
        moves += next != text;
        text = next;
    }
    CHECK("nor beyond the size classes", moves < 16 && filled(text, 7, 4096));
    text = replace_realloc(text, 4096);
    next = replace_realloc(text, 2500);
    CHECK("shrinks in place above half", next == text);
    next = replace_realloc(text, 100);
    CHECK("moves below", next != text && filled(next, 7, 100));
    text = replace_realloc(next, 2000);
    CHECK("a block of up to 2 KB shrinks in place to any size",
          replace_realloc(text, 1) == (void *)text && filled(text, 7, 1));
    replace_free(text);
    CHECK("counted", stats().reallocs == (100000 - 32) / 16 + 1 + 5);
    CHECK("nothing in use", stats().current_used == 0 && pool_check(1) == 0);
}

/* A block leaves its magazine before it is counted: a reader in between sees more live blocks than
 * were ever handed out. */
static void test_lag(void) {
    struct PoolMagazine *magazine;
    void *user;

    group_begin("read between taking and counting a block");
    native_open(64 * MB, POOL_RECYCLE);
    user = replace_malloc(100);
    magazine = &pool_cache_enter()->magazines[pool_class_for(100)->index];
    magazine->allocs--;
    CHECK("no frees are no frees", stats().total_frees == 0);
    magazine->allocs++;
    replace_free(user);
    CHECK("counted", stats().pool_allocs == 1 && stats().total_frees == 1);
}

int main(void) {
    test_lag();
    test_exit();
    test_late_free();
    test_crowd();
    test_cleared_slot();
    test_predecessor();
    test_warmest();
    test_coldest();
    test_retained();
    test_one_way();
    test_growth();
    return check_end();
}
