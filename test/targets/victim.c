/*
 * A program to attach to. It obeys one order a line and answers with one line each:
 *
 *   pid                      its process id
 *   work SEED CALLS THREADS  allocation calls with content checks, spread over threads that exist from the start;
 *                            answers with its own count of every call it made
 *   hold BYTES COUNT         keeps blocks
 *   drop                     checks and frees them
 *   counters                 the pool's counters, read from the program's own memory; "none" without a pool
 *   abuse                    double, interior, wild and foreign frees; answers how many of each
 *   load                     starts threads that allocate without end, checking contents, until "rest"
 *   rest                     stops them; answers calls made and corruptions found
 *   quit
 *
 * It never allocates but when told to: its input and output have buffers of their own.
 */
#include "find_control.h"

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
    printf("mallocs=%llu callocs=%llu reallocs=%llu moved=%llu frees=%llu corruptions=%llu\n",
           (unsigned long long)sum.mallocs, (unsigned long long)sum.callocs,
           (unsigned long long)sum.reallocs, (unsigned long long)sum.moved,
           (unsigned long long)sum.frees, (unsigned long long)sum.corruptions);
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
    printf("held=%llu\n", (unsigned long long)held_count);
}

static void drop(void) {
    size_t i, corruptions = 0;
    for (i = 0; i < held_count; i++) {
        if (held[i] != 0 && !is_intact(held[i], held_bytes, mark_of(held[i])))
            corruptions++;
        free(held[i]);
    }
    printf("dropped=%llu corruptions=%llu\n", (unsigned long long)held_count,
           (unsigned long long)corruptions);
    held_count = 0;
}

static void answer_counters(void) {
    static struct PoolSnapshot snapshot;
    if (!read_own_counters(&snapshot)) {
        puts("none");
        return;
    }
#define PRINT(name) printf(#name "=%llu ", (unsigned long long)snapshot.name);
    POOL_STAT_FIELDS(PRINT)
    puts("");
}

/* Only for a pool: a CRT of its own would end the program. */
static void abuse(void) {
    struct PoolControl *control = find_control();
    unsigned char *volatile block;
    if (control == 0) {
        puts("none");
        return;
    }
    block = malloc(100);
    free(block);
    free(block);
    block = malloc(1000);
    free(block + 16);
    free(block + 3);
    free((void *)(uintptr_t)(control->region_base + control->region_bytes - 64));
    free(block);
    puts("double=1 corrupt=3");
}

int main(void) {
    static char input[1 << 16], output[1 << 16], order[256];
    unsigned i, loaded = 0;
    setvbuf(stdin, input, _IOFBF, sizeof input);
    setvbuf(stdout, output, _IOFBF, sizeof output);
    for (i = 0; i < WORKERS; i++) {
        create_signal(&workers[i].begin);
        create_signal(&workers[i].done);
        start_thread(&workers[i].thread, work, &workers[i]);
    }
    puts("ready");
    fflush(stdout);
    while (fgets(order, sizeof order, stdin) != 0) {
        unsigned long long a = 0, b = 0;
        unsigned c = 1;
        if (sscanf(order, "work %llu %llu %u", &a, &b, &c) == 3) {
            begin(c < WORKERS ? c : WORKERS, a, b, 0);
            answer_counts(c < WORKERS ? c : WORKERS);
        } else if (sscanf(order, "hold %llu %llu", &a, &b) == 2)
            hold((size_t)a, (size_t)b);
        else if (strncmp(order, "pid", 3) == 0)
            printf("%u\n", process_id());
        else if (strncmp(order, "drop", 4) == 0)
            drop();
        else if (strncmp(order, "counters", 8) == 0)
            answer_counters();
        else if (strncmp(order, "abuse", 5) == 0)
            abuse();
        else if (strncmp(order, "load", 4) == 0) {
            loaded = WORKERS;
            begin(loaded, 1, 0, 1);
            puts("loaded");
        } else if (strncmp(order, "rest", 4) == 0) {
            for (i = 0; i < loaded; i++)
                workers[i].endless = 0;
            answer_counts(loaded);
            loaded = 0;
        } else if (strncmp(order, "quit", 4) == 0)
            break;
        else
            puts("unknown order");
        fflush(stdout);
    }
    return 0;
}
