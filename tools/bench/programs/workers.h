/* Threads that wait for work between the runs, so that starting them is never measured. */
#ifndef BENCH_WORKERS_H
#define BENCH_WORKERS_H

#include "system.h"

#define WORKER_LIMIT 4

struct Worker {
    signal_t begin, done;
    unsigned index;
    void (*work)(unsigned index);
};

static struct Worker workers[WORKER_LIMIT];
static unsigned workers_started;

THREAD_BODY(serve, argument) {
    struct Worker *worker = argument;
    set_thread_number(worker->index);
    for (;;) {
        await_signal(&worker->begin);
        worker->work(worker->index);
        raise_signal(&worker->done);
    }
    return 0;
}

static void ensure_workers(unsigned count) {
    for (; workers_started < count; workers_started++) {
        struct Worker *worker = &workers[workers_started];
        worker->index = workers_started;
        create_signal(&worker->begin);
        create_signal(&worker->done);
        start_thread(serve, worker);
    }
}

/* Does the same work in each of the first `count` threads and waits for the last of them. */
static void work_in_threads(unsigned count, void (*work)(unsigned index)) {
    unsigned i;
    for (i = 0; i < count; i++) {
        workers[i].work = work;
        raise_signal(&workers[i].begin);
    }
    for (i = 0; i < count; i++)
        await_signal(&workers[i].done);
}

#endif
