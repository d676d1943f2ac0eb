/*
 * A program to attach to. It obeys one order a line and answers with one line each:
 *
 *   pid                      its process id
 *   work SEED CALLS THREADS  allocation calls with content checks, spread over threads that exist
 *                            from the start; answers with its own count of every call it made
 *   hold BYTES COUNT         keeps blocks
 *   drop                     checks and frees them
 *   counters                 the pool's counters, read from the program's own memory; "none"
 *                            without a pool
 *   abuse                    double, interior, wild and foreign frees; answers how many of each
 *   load                     starts threads that allocate without end, checking contents,
 *                            until "rest"
 *   rest                     stops them; answers calls made and corruptions found
 *   quit
 *
 * It never allocates but when told to: it reads and writes without stdio, which in some runtimes
 * allocates.
 */
#include "find_control.h"
#include "plain_io.h"

#define WORKERS       8
#define SLOTS         512
#define HELD_LIMIT    100000
#define LARGEST_BYTES 70000

struct Counts {
    uint64_t mallocs, callocs, reallocs, moved, frees, corruptions;
};

struct Worker {
    thread_t thread;
    signal_t begin, done;
    uint64_t seed, calls;
    volatile int endless;
    struct Counts counts;
    unsigned char *slot[SLOTS];
    size_t size[SLOTS];
};

static struct Worker workers[WORKERS];
static unsigned char *held[HELD_LIMIT];
static size_t held_bytes, held_count;
static unsigned loaded;

static void fill(unsigned char *block, size_t size) {
    memset(block, (int)((uintptr_t)block >> 4 & 0xff), size);
}

static int is_intact(const unsigned char *block, size_t size, unsigned char mark) {
    size_t i;
    for (i = 0; i < size; i++)
        if (block[i] != mark)
            return 0;
    return 1;
}

static unsigned char mark_of(const void *block) { return (unsigned char)((uintptr_t)block >> 4); }

static size_t random_size(uint64_t *random) {
    uint64_t dice = next_random(random) % 100;
    size_t range = dice < 70 ? 64 : dice < 90 ? 512 : dice < 99 ? 4096 : LARGEST_BYTES;
    return (size_t)(next_random(random) % range) + 1;
}

static void one_call(struct Worker *worker, uint64_t *random) {
    struct Counts *counts = &worker->counts;
    unsigned index = (unsigned)(next_random(random) % SLOTS);
    unsigned char *block = worker->slot[index];
    size_t size = random_size(random), old = worker->size[index];
    if (block == 0) {
        if (next_random(random) % 4 == 0) {
            block = calloc(1, size);
            counts->callocs++;
            if (!is_intact(block, size, 0))
                counts->corruptions++;
        } else {
            block = malloc(size);
            counts->mallocs++;
        }
    } else {
        if (!is_intact(block, old, mark_of(block)))
            counts->corruptions++;
        if (next_random(random) % 3 == 0) {
            unsigned char mark = mark_of(block);
            unsigned char *moved = realloc(block, size);
            counts->reallocs++;
            if (moved != block)
                counts->moved++;
            if (!is_intact(moved, old < size ? old : size, mark))
                counts->corruptions++;
            block = moved;
        } else {
            free(block);
            counts->frees++;
            block = 0;
        }
    }
    worker->slot[index] = block;
    worker->size[index] = size;
    if (block != 0) {
        if (((uintptr_t)block & (2 * sizeof(void *) - 1)) != 0)
            counts->corruptions++;
        fill(block, size);
    }
}

static void empty_slots(struct Worker *worker) {
    int i;
    for (i = 0; i < SLOTS; i++) {
        if (worker->slot[i] == 0)
            continue;
        if (!is_intact(worker->slot[i], worker->size[i], mark_of(worker->slot[i])))
            worker->counts.corruptions++;
        free(worker->slot[i]);
        worker->counts.frees++;
        worker->slot[i] = 0;
    }
}

THREAD_BODY(work, argument) {
    struct Worker *worker = argument;
    for (;;) {
        uint64_t i, random;
        await_signal(&worker->begin);
        random = worker->seed;
        memset(&worker->counts, 0, sizeof worker->counts);
        for (i = 0; worker->endless || i < worker->calls; i++)
            one_call(worker, &random);
        empty_slots(worker);
        raise_signal(&worker->done);
    }
    THREAD_END;
}

static void begin(unsigned threads, uint64_t seed, uint64_t calls, int endless) {
    unsigned i;
    for (i = 0; i < threads; i++) {
        workers[i].seed = seed * 0x9e3779b97f4a7c15ull + i + 1;
        workers[i].calls = calls / threads;
        workers[i].endless = endless;
        raise_signal(&workers[i].begin);
    }
}

static void answer_counts(unsigned threads) {
    struct Counts sum = {0, 0, 0, 0, 0, 0};
    unsigned i;
    for (i = 0; i < threads; i++) {
        await_signal(&workers[i].done);
        sum.mallocs += workers[i].counts.mallocs;
        sum.callocs += workers[i].counts.callocs;
        sum.reallocs += workers[i].counts.reallocs;
        sum.moved += workers[i].counts.moved;
        sum.frees += workers[i].counts.frees;
        sum.corruptions += workers[i].counts.corruptions;
    }
    say_number("mallocs", sum.mallocs);
    say_number("callocs", sum.callocs);
    say_number("reallocs", sum.reallocs);
    say_number("moved", sum.moved);
    say_number("frees", sum.frees);
    say_number("corruptions", sum.corruptions);
    end_answer();
}

static void hold(size_t bytes, size_t count) {
    size_t i;
    held_bytes = bytes;
    held_count = count < HELD_LIMIT ? count : HELD_LIMIT;
    for (i = 0; i < held_count; i++) {
        held[i] = malloc(bytes);
        if (held[i] != 0)
            fill(held[i], bytes);
    }
    say_number("held", held_count);
    end_answer();
}

static void drop(void) {
    size_t i, corruptions = 0;
    for (i = 0; i < held_count; i++) {
        if (held[i] != 0 && !is_intact(held[i], held_bytes, mark_of(held[i])))
            corruptions++;
        free(held[i]);
    }
    say_number("dropped", held_count);
    say_number("corruptions", corruptions);
    end_answer();
    held_count = 0;
}

static void answer_counters(void) {
    static struct PoolSnapshot snapshot;
    if (!read_own_counters(&snapshot)) {
        say("none");
        end_answer();
        return;
    }
#define SAY_NUMBER(name) say_number(#name, snapshot.name);
    POOL_STAT_FIELDS(SAY_NUMBER)
    end_answer();
}

/* Only for a pool: a CRT of its own would end the program. */
static void abuse(void) {
    struct PoolControl *control = find_control();
    unsigned char *volatile block;
    unsigned char *volatile inside;
    if (control == 0) {
        say("none");
        end_answer();
        return;
    }
    block = malloc(100);
    free(block);
    free(block);
    block = malloc(1000);
    inside = block + 16;
    free(inside);
    inside = block + 3;
    free(inside);
    inside = (unsigned char *)(uintptr_t)(control->region_base + control->region_bytes - 64);
    free(inside);
    free(block);
    say_number("double", 1);
    say_number("corrupt", 3);
    end_answer();
}

static void start_load(void) {
    begin(WORKERS, 1, 0, 1);
    loaded = WORKERS;
    say("loaded");
    end_answer();
}

static void end_load(void) {
    unsigned i;
    for (i = 0; i < loaded; i++)
        workers[i].endless = 0;
    answer_counts(loaded);
    loaded = 0;
}

static int obey(const char *order) {
    uint64_t number[3];
    unsigned count = read_numbers(order, number, 3);
    if (is_order(order, "work") && count == 3) {
        unsigned threads = number[2] < WORKERS ? (unsigned)number[2] : WORKERS;
        begin(threads, number[0], number[1], 0);
        answer_counts(threads);
    } else if (is_order(order, "hold") && count == 2)
        hold((size_t)number[0], (size_t)number[1]);
    else if (is_order(order, "pid")) {
        say_number("pid", process_id());
        end_answer();
    } else if (is_order(order, "drop"))
        drop();
    else if (is_order(order, "counters"))
        answer_counters();
    else if (is_order(order, "abuse"))
        abuse();
    else if (is_order(order, "load"))
        start_load();
    else if (is_order(order, "rest"))
        end_load();
    else if (is_order(order, "quit"))
        return 0;
    else {
        say("unknown order");
        end_answer();
    }
    return 1;
}

int main(void) {
    static char order[256];
    unsigned i;
    for (i = 0; i < WORKERS; i++) {
        create_signal(&workers[i].begin);
        create_signal(&workers[i].done);
        start_thread(&workers[i].thread, work, &workers[i]);
    }
    say("ready");
    end_answer();
    while (read_order(order, sizeof order) && obey(order)) {
    }
    return 0;
}
