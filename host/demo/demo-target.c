/*
 * The program of `poolnv demo`: four threads allocate, resize and free as a game does, mostly small blocks, some of them
 * freed by another thread, and check the contents of each block. The work is the same in every run.
 *
 *   demo-target RESULT STOP
 *
 * Writes its measurement to RESULT when the work is done, then holds its live blocks until the file STOP exists, for a
 * minute at most. Exit code 1: the contents of a block have changed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#include <psapi.h>
typedef HANDLE Thread;
#define THREAD_RESULT DWORD WINAPI
#else
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
typedef pthread_t Thread;
#define THREAD_RESULT void *
#endif

#define THREADS    4
#define OPERATIONS 10000000 /* per thread */
#define SLOTS      4096 /* for live blocks, per thread */
#define SHARED     64   /* slots that hand a block to another thread */
#define WAIT_MS    60000

/* A live block begins with this header and ends with the low byte of its stamp. */
struct Block {
    uint32_t size;
    uint32_t stamp; /* derived from the size */
};

struct Worker {
    uint64_t random;
    uint64_t allocations, reallocations, frees, damaged;
    struct Block *slots[SLOTS];
};

static struct Worker workers[THREADS];
static struct Block *shared[SHARED];

static THREAD_RESULT work(void *argument);
static void step(struct Worker *worker);
static struct Block *allocate(struct Worker *worker);
static struct Block *resize(struct Worker *worker, struct Block *block);
static void release(struct Worker *worker, struct Block *block);
static void stamp(struct Block *block, uint32_t size);
static int is_intact(const struct Block *block);
static uint32_t stamp_of(uint32_t size);
static uint32_t game_like_size(struct Worker *worker);
static uint32_t next_random(struct Worker *worker);
static int write_result(const char *path, double nanoseconds);
static void wait_for(const char *path);
static double now_ns(void);
static uint64_t peak_memory(void);
static void pause_ms(unsigned milliseconds);
static Thread start_thread(struct Worker *worker);
static void join_thread(Thread thread);

int main(int argc, char **argv) {
    Thread threads[THREADS];
    double begun;
    int i, j, damaged = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: demo-target RESULT STOP\n");
        return 2;
    }
    begun = now_ns();
    for (i = 0; i < THREADS; i++) {
        workers[i].random = 0x9E3779B97F4A7C15ull * (uint64_t)(i + 1);
        threads[i] = start_thread(&workers[i]);
    }
    for (i = 0; i < THREADS; i++)
        join_thread(threads[i]);
    if (!write_result(argv[1], now_ns() - begun))
        return 2;
    wait_for(argv[2]);
    for (i = 0; i < SHARED; i++)
        release(&workers[0], shared[i]);
    for (i = 0; i < THREADS; i++) {
        for (j = 0; j < SLOTS; j++)
            release(&workers[i], workers[i].slots[j]);
        damaged |= workers[i].damaged != 0;
    }
    return damaged;
}

static THREAD_RESULT work(void *argument) {
    int i;
    for (i = 0; i < OPERATIONS; i++)
        step(argument);
    return 0;
}

/* One operation: allocate a block in an empty slot; or resize, hand over or free the block of a full one. */
static void step(struct Worker *worker) {
    uint32_t chance = next_random(worker) % 100;
    struct Block **slot = &worker->slots[next_random(worker) % SLOTS];
    if (*slot == NULL) {
        *slot = allocate(worker);
    } else if (chance < 10) {
        *slot = resize(worker, *slot);
    } else if (chance < 20) {
        *slot = __atomic_exchange_n(&shared[next_random(worker) % SHARED], *slot, __ATOMIC_ACQ_REL);
    } else {
        release(worker, *slot);
        *slot = NULL;
    }
}

static struct Block *allocate(struct Worker *worker) {
    uint32_t size = game_like_size(worker);
    struct Block *block = malloc(size);
    if (block == NULL)
        exit(2);
    stamp(block, size);
    worker->allocations++;
    return block;
}

static struct Block *resize(struct Worker *worker, struct Block *block) {
    uint32_t size = game_like_size(worker);
    int grows = size >= block->size;
    struct Block *resized;
    worker->damaged += !is_intact(block);
    resized = realloc(block, size);
    if (resized == NULL)
        exit(2);
    worker->damaged += grows && !is_intact(resized);
    stamp(resized, size);
    worker->reallocations++;
    return resized;
}

static void release(struct Worker *worker, struct Block *block) {
    if (block == NULL)
        return;
    worker->damaged += !is_intact(block);
    free(block);
    worker->frees++;
}

static void stamp(struct Block *block, uint32_t size) {
    block->size = size;
    block->stamp = stamp_of(size);
    /* Touches every page, as a program would, so that it counts as resident. */
    for (uint32_t at = sizeof *block; at < size; at += 4096)
        ((uint8_t *)block)[at] = (uint8_t)block->stamp;
    ((uint8_t *)block)[size - 1] = (uint8_t)block->stamp;
}

static int is_intact(const struct Block *block) {
    return block->stamp == stamp_of(block->size) &&
           ((const uint8_t *)block)[block->size - 1] == (uint8_t)block->stamp;
}

static uint32_t stamp_of(uint32_t size) {
    return (size ^ 0x5EEDF00Du) * 2654435761u;
}

/* 70 % 16 to 64 bytes, 20 % to 512, 8 % to 4 KB, 2 % to 256 KB. */
static uint32_t game_like_size(struct Worker *worker) {
    uint32_t chance = next_random(worker) % 100;
    uint32_t low = chance < 70 ? 16 : chance < 90 ? 64 : chance < 98 ? 512 : 4096;
    uint32_t high = chance < 70 ? 64 : chance < 90 ? 512 : chance < 98 ? 4096 : 262144;
    return low + next_random(worker) % (high - low + 1);
}

/* xorshift64*: every run does the same work. */
static uint32_t next_random(struct Worker *worker) {
    worker->random ^= worker->random >> 12;
    worker->random ^= worker->random << 25;
    worker->random ^= worker->random >> 27;
    return (uint32_t)((worker->random * 0x2545F4914F6CDD1Dull) >> 32);
}

/* Renames a complete file, so that a reader never sees a part of it. */
static int write_result(const char *path, double nanoseconds) {
    struct Worker sum = {0};
    char draft[4096];
    FILE *file;
    int i;
    for (i = 0; i < THREADS; i++) {
        sum.allocations += workers[i].allocations;
        sum.reallocations += workers[i].reallocations;
        sum.frees += workers[i].frees;
        sum.damaged += workers[i].damaged;
    }
    snprintf(draft, sizeof draft, "%s.draft", path);
    file = fopen(draft, "w");
    if (file == NULL)
        return 0;
    fprintf(file,
            "{\"threads\": %d, \"operations\": %.0f, \"ns_per_operation\": %.2f, \"peak_memory\": %.0f,\n"
            " \"allocations\": %.0f, \"reallocations\": %.0f, \"frees\": %.0f, \"damaged\": %.0f}\n",
            THREADS, (double)THREADS * OPERATIONS, nanoseconds / ((double)THREADS * OPERATIONS),
            (double)peak_memory(), (double)sum.allocations, (double)sum.reallocations,
            (double)sum.frees, (double)sum.damaged);
    return fclose(file) == 0 && rename(draft, path) == 0;
}

static void wait_for(const char *path) {
    FILE *file = NULL;
    unsigned waited;
    for (waited = 0; waited < WAIT_MS && file == NULL; waited += 20) {
        pause_ms(20);
        file = fopen(path, "r");
    }
    if (file != NULL)
        fclose(file);
}

#ifdef _WIN32

static double now_ns(void) {
    LARGE_INTEGER frequency, now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static uint64_t peak_memory(void) {
    PROCESS_MEMORY_COUNTERS counters = {0};
    K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters);
    return counters.PeakWorkingSetSize;
}

static void pause_ms(unsigned milliseconds) {
    Sleep(milliseconds);
}

static Thread start_thread(struct Worker *worker) {
    return CreateThread(NULL, 0, work, worker, 0, NULL);
}

static void join_thread(Thread thread) {
    WaitForSingleObject(thread, INFINITE);
}

#else

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t peak_memory(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

static void pause_ms(unsigned milliseconds) {
    struct timespec pause = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

static Thread start_thread(struct Worker *worker) {
    Thread thread;
    if (pthread_create(&thread, NULL, work, worker) != 0)
        exit(2);
    return thread;
}

static void join_thread(Thread thread) {
    pthread_join(thread, NULL);
}

#endif
