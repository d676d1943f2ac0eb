/* SPDX-License-Identifier: MIT */
/* The programs of test/fixtures/targets/fuzz against the pool's own functions, those of both
 * systems at once, with the walkers between the rounds. Arguments: seed, programs of each kind,
 * steps of each.
 */
#include "pool_test.h"

#include "../fixtures/targets/fuzz/program.h"

#define THREADS 6

static uint64_t steps = 60000; /* of a program */

static struct Worker {
    pthread_t thread;
    sem_t begin, done;
    volatile int leaves;
} workers[THREADS];

static void *work(void *argument) {
    unsigned index = (unsigned)(uintptr_t)argument;
    struct Worker *worker = &workers[index];

    for (;;) {
        await_signal(&worker->begin);
        if (worker->leaves)
            return NULL;
        fuzz_part(index);
        raise_signal(&worker->done);
    }
}

static void find_families(void) {
    struct FuzzFamily own = {
        .malloc = replace_malloc,
        .free = replace_free,
        .calloc = replace_calloc,
        .realloc = replace_realloc,
        .malloc_usable_size = replace_malloc_usable_size,
        .memalign = replace_memalign,
        .posix_memalign = replace_posix_memalign,
        .aligned_alloc = replace_aligned_alloc,
        .valloc = replace_valloc,
        .pvalloc = replace_pvalloc,
        .reallocarray = replace_reallocarray,
        .msize = replace__msize,
        .expand = replace__expand,
        .recalloc = replace__recalloc,
        .aligned_malloc = replace__aligned_malloc,
        .aligned_free = replace__aligned_free,
        .aligned_realloc = replace__aligned_realloc,
        .aligned_recalloc = replace__aligned_recalloc,
        .aligned_msize = replace__aligned_msize,
        .aligned_offset_malloc = replace__aligned_offset_malloc,
        .aligned_offset_realloc = replace__aligned_offset_realloc,
        .aligned_offset_recalloc = replace__aligned_offset_recalloc,
        .measures_room = 1,
#ifndef __GLIBC__
        .keeps_empty = 1,
#endif
    };
    fuzz_families[0] = fuzz_families[1] = own;
    fuzz_families[1].malloc = replace__malloc_base;
    fuzz_families[1].free = replace__free_base;
    fuzz_families[1].calloc = replace__calloc_base;
    fuzz_families[1].realloc = replace__realloc_base;
    fuzz_families[1].msize = replace__msize_base;
    fuzz_families[1].expand = replace__expand_base;
    fuzz_families[1].recalloc = replace__recalloc_base;
    fuzz_family_count = 2;
}

static void start_workers(void) {
    uintptr_t index;

    for (index = 0; index < THREADS; index++) {
        workers[index].leaves = 0;
        create_signal(&workers[index].begin);
        create_signal(&workers[index].done);
        start_thread(&workers[index].thread, work, (void *)index);
    }
}

static void end_workers(void) {
    int index;

    for (index = 0; index < THREADS; index++) {
        workers[index].leaves = 1;
        raise_signal(&workers[index].begin);
        join_thread(workers[index].thread);
    }
}

static void one_round(void) {
    int index;

    for (index = 0; index < THREADS; index++)
        raise_signal(&workers[index].begin);
    for (index = 0; index < THREADS; index++)
        await_signal(&workers[index].done);
}

/* What a group of programs runs under. */
struct Kind {
    const char *name;
    size_t region, quarantine;
    enum PoolStrategy strategy;
    int watched; /* walked, reset and switched off and on meanwhile */
    int alone;   /* every block is the pool's: it must count exactly what the program does */
};

static const struct Kind kinds[] = {
    {"room enough", 256 * MB, 0, POOL_RECYCLE, 0, 1},
    {"too little room", 2 * MB, 0, POOL_RECYCLE, 0, 0},
    {"walked, reset, off and on", 256 * MB, 0, POOL_RECYCLE, 1, 0},
#ifndef NATIVE_HOT
    {"quarantine", 256 * MB, 16 * MB, POOL_RECYCLE, 0, 1},
#endif
    {"bump", 64 * MB, 0, POOL_BUMP, 0, 0},
};

static volatile uint32_t watching;

static void *watch(void *argument) {
    struct PoolSnapshot now;
    uint32_t turn = 0;

    (void)argument;
    while (POOL_LOAD(watching)) {
        CHECK("walk during a round", pool_check(0) == 0);
        pool_snapshot(&now);
        if (++turn % 4 == 0)
            pool_reset();
        pool_set_active(turn % 8 != 0);
        usleep(2000);
    }
    pool_set_active(1);
    return NULL;
}

static void expect_no_fault(void) {
    if (fuzz_fault.noted)
        printf("seed %llu, thread %u, step %llu, %s: %s (%zu bytes, before %zu, at %p)\n",
               (unsigned long long)fuzz_fault.seed, fuzz_fault.thread,
               (unsigned long long)fuzz_fault.step, fuzz_fault.call, fuzz_fault.what,
               fuzz_fault.size, fuzz_fault.old_size, fuzz_fault.at);
    CHECK("the model agrees", !fuzz_fault.noted);
}

static void expect_sound(const struct Kind *kind) {
    int line = kind->strategy == POOL_RECYCLE ? pool_check(1) : 0;

    if (line != 0)
        printf("check.c:%d\n", line);
    CHECK("walk at rest", line == 0);
}

static void expect_counted(const struct Kind *kind, const struct FuzzCounts *made,
                           const struct PoolSnapshot *before) {
    struct PoolSnapshot now = stats();

    CHECK("none was refused", now.corrupt_headers == 0 && now.double_frees == 0);
    if (kind->strategy == POOL_RECYCLE)
        CHECK("nothing in use", now.current_used == 0);
    if (!kind->alone)
        return;
    CHECK("allocations", now.pool_allocs - before->pool_allocs == made->made + made->moved);
    CHECK("frees", now.total_frees - before->total_frees == made->frees);
    CHECK("reallocs", now.reallocs - before->reallocs == made->reallocs);
    CHECK("no other heap", now.foreign_frees == 0 && now.fallback_allocs == 0);
}

static void one_program(const struct Kind *kind, uint64_t seed) {
    struct PoolSnapshot before = stats();
    struct FuzzCounts made;
    pthread_t watcher;

    if (kind->watched) {
        POOL_STORE(watching, 1);
        pthread_create(&watcher, NULL, watch, NULL);
    }
    for (fuzz_open(seed, steps, THREADS); fuzz_next_round();) {
        one_round();
        if (!kind->watched)
            expect_sound(kind);
    }
    if (kind->watched) {
        POOL_STORE(watching, 0);
        pthread_join(watcher, NULL);
    }
    made = fuzz_close();
    expect_no_fault();
    if (fuzz_fault.noted)
        return;
    CHECK("every step was done", made.steps == steps);
    expect_counted(kind, &made, &before);
    expect_sound(kind);
}

static void programs(const struct Kind *kind, uint64_t seed, int count) {
    int index;

    group_begin(kind->name);
    native_quarantine_bytes = kind->quarantine;
    native_open(kind->region, kind->strategy);
    start_workers();
    for (index = 0; index < count && !fuzz_fault.noted; index++)
        one_program(kind, seed + (uint64_t)index);
    end_workers();
}

static void edges_are_the_pools(void) {
    uint32_t index, equal = 0;

    group_begin("sizes around every class edge");
    native_open(256 * MB, POOL_RECYCLE);
    for (index = 0; index < POOL_STATE->class_count && index < FUZZ_CLASSES; index++)
        equal += POOL_STATE->classes[index].max_size == fuzz_class_edges[index];
    CHECK("the fuzz knows every class", equal == FUZZ_CLASSES && equal == POOL_STATE->class_count);
}

int main(int count, char **arguments) {
    uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 0) : 20240917;
    int times = count > 2 ? atoi(arguments[2]) : 1;
    uint32_t started = now_us();
    size_t index;

    if (count > 3)
        steps = strtoull(arguments[3], NULL, 0);
    printf("seed %llu, %d programs of each kind, %llu steps\n", (unsigned long long)seed, times,
           (unsigned long long)steps);
    edges_are_the_pools();
    find_families();
    for (index = 0; index < sizeof kinds / sizeof *kinds && !fuzz_fault.noted; index++)
        programs(&kinds[index], seed, times);
    printf("%u ms\n", (now_us() - started) / 1000);
    return check_end();
}
