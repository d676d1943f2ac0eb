/* SPDX-License-Identifier: MIT */
/* Heaps of threads, and one that all of them use. */
#ifndef POOLNV_TEST_SCRAP_THREADS_H
#define POOLNV_TEST_SCRAP_THREADS_H

#include "scrap_play.h"

enum { THREADS = 4, QUEUE = 64, ROUNDS = 20000 };

static struct ScrapHeap common;

static void *own_heaps(void *argument) {
    uint64_t seed = (uintptr_t)argument;
    void *mine = replace_scrap_current();
    uint32_t wrong = mine != replace_scrap_current(), round;

    for (round = 0; round < 20; round++) {
        struct ScrapHeap embedded;
        replace_scrap_init(&embedded, 1000);
        play(mine, seed + round, 1000, &wrong);
        play(&embedded, seed + round, 300, &wrong);
        play(&common, seed + round, 300, &wrong);
        replace_scrap_purge(&embedded);
    }
    return (void *)(uintptr_t)wrong;
}

/* Blocks go from one thread, which owns the heap, to others, which free them, some of them late. */
static struct {
    pthread_mutex_t lock;
    unsigned char *waiting[QUEUE];
    uint32_t count, ended;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *consume(void *argument) {
    uint32_t wrong = 0, ended = 0;

    (void)argument;
    while (!ended) {
        unsigned char *block = NULL;
        pthread_mutex_lock(&queue.lock);
        if (queue.count != 0)
            block = queue.waiting[--queue.count];
        ended = queue.count == 0 && block == NULL && queue.ended;
        pthread_mutex_unlock(&queue.lock);
        if (block == NULL) {
            sched_yield();
            continue;
        }
        wrong += !filled(block + 1, block[0], 199);
        give(&common, block);
    }
    return (void *)(uintptr_t)wrong;
}

static void produce(void) {
    uint32_t round;

    for (round = 0; round < ROUNDS; round++) {
        unsigned char *block = get(&common, 200, 4, (int)round), *own = get(&common, 50, 64, 9);
        int full = 1;
        while (full) {
            pthread_mutex_lock(&queue.lock);
            full = queue.count == QUEUE;
            if (!full)
                queue.waiting[queue.count++] = block;
            pthread_mutex_unlock(&queue.lock);
            if (full)
                sched_yield();
        }
        give(&common, own);
    }
    pthread_mutex_lock(&queue.lock);
    queue.ended = 1;
    pthread_mutex_unlock(&queue.lock);
}

static void run(void *(*work)(void *)) {
    pthread_t threads[THREADS];
    uintptr_t index;
    void *wrong;

    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, work, (void *)(index * 1000 + 7));
    if (work == consume)
        produce();
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], &wrong);
        CHECK("contents", wrong == NULL);
    }
}

static void test_threads(void) {
    struct ScrapHeap *current;

    group_begin("threads");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&common);
    run(own_heaps);
    CHECK("the original was called once by each thread", scrap.currents == THREADS);
    CHECK("walk", walk() == 0);
    vanilla.scrap_current = 0;
    run(own_heaps);
    CHECK("without the game: ours", scrap.currents == THREADS && walk() == 0);
    run(own_heaps); /* with the caches of those that have ended */
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&common);
    queue.ended = 0;
    run(consume);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && walk() == 0);
    CHECK("blocks freed by other threads are reused", stats().current_used < 3 * MB);
    replace_scrap_purge(&common);
    current = replace_scrap_current();
    CHECK("ours has our form", current->mark == SCRAP_MARK && current == replace_scrap_current());
    CHECK("walk", walk() == 0);
}

#endif
