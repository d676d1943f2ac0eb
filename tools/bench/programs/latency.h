/* The latency of single calls. While it is measured, the pointers of allocator.h lead to functions
 * that read the time-stamp counter before and after the real ones, and count what lies between in
 * histograms of the calling thread. The cost of reading the counter is subtracted. A resizing call
 * counts as a malloc. Everything that happens during a call counts, such as an interrupt or a
 * thread that loses its processor. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include "allocator.h"
#include "histogram.h"
#include "workers.h"

#define EMPTY_PAIRS 10000
/* Fractional bits of the nanoseconds a tick takes. */
#define RATE_BITS 20

struct CallTimes {
    struct Histogram allocating, releasing;
} __attribute__((aligned(64)));

static struct CallTimes call_times[WORKER_LIMIT];
static malloc_function timed_malloc;
static free_function timed_free;
static realloc_function timed_realloc;
static uint64_t empty_pair_ticks, calibration_ns, calibration_ticks;

/* Neither earlier nor later instructions are executed between the two fences of a reading. */
static inline uint64_t ticks_before(void) {
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline uint64_t ticks_after(void) {
    uint32_t low, high;
    __asm__ volatile("rdtscp\n\tlfence" : "=a"(low), "=d"(high) : : "ecx", "memory");
    return (uint64_t)high << 32 | low;
}

/* A thread that changed its processor may find a counter that is a little behind. */
static inline void record_call(struct Histogram *histogram, uint64_t before, uint64_t after) {
    int64_t ticks = (int64_t)(after - before - empty_pair_ticks);
    record_value(histogram, ticks > 0 ? (uint64_t)ticks : 0);
}

static void *malloc_and_record(size_t size) {
    struct CallTimes *times = &call_times[thread_number()];
    uint64_t before = ticks_before(), after;
    void *block = timed_malloc(size);
    after = ticks_after();
    record_call(&times->allocating, before, after);
    return block;
}

static void free_and_record(void *block) {
    struct CallTimes *times = &call_times[thread_number()];
    uint64_t before = ticks_before(), after;
    timed_free(block);
    after = ticks_after();
    record_call(&times->releasing, before, after);
}

static void *realloc_and_record(void *block, size_t size) {
    struct CallTimes *times = &call_times[thread_number()];
    uint64_t before = ticks_before(), after;
    void *resized = timed_realloc(block, size);
    after = ticks_after();
    record_call(&times->allocating, before, after);
    return resized;
}

static void measure_empty_pair(void) {
    static struct Histogram empty;
    unsigned i;
    memset(&empty, 0, sizeof empty);
    for (i = 0; i < EMPTY_PAIRS; i++) {
        uint64_t before = ticks_before();
        record_value(&empty, ticks_after() - before);
    }
    empty_pair_ticks = exceeded_by_one_in(&empty, 2);
}

/* From here to `tick_rate` the counter is compared with the clock. */
static void begin_calibration(void) {
    calibration_ns = now_ns();
    calibration_ticks = ticks_before();
}

/* Nanoseconds of one tick, in units of 2 to the power of -RATE_BITS. */
static uint64_t tick_rate(void) {
    uint64_t ticks = ticks_before() - calibration_ticks;
    return ((now_ns() - calibration_ns) << RATE_BITS) / (ticks == 0 ? 1 : ticks);
}

/* No other thread may allocate meanwhile. */
static void begin_recording(void) {
    memset(call_times, 0, sizeof call_times);
    measure_empty_pair();
    timed_malloc = allocate_raw;
    timed_free = release_block;
    timed_realloc = resize_raw;
    allocate_raw = malloc_and_record;
    release_block = free_and_record;
    resize_raw = realloc_and_record;
}

static void end_recording(void) {
    unsigned i;
    allocate_raw = timed_malloc;
    release_block = timed_free;
    resize_raw = timed_realloc;
    for (i = 1; i < WORKER_LIMIT; i++) {
        add_histogram(&call_times[0].allocating, &call_times[i].allocating);
        add_histogram(&call_times[0].releasing, &call_times[i].releasing);
    }
}

/* Appends what one in 100, 1000 and 10,000 calls exceeds, and the longest call, in nanoseconds. */
static void say_latency(const char *const names[5], const struct Histogram *histogram,
                        uint64_t rate) {
    uint32_t rarity = 100;
    unsigned i;
    say_number(names[0], histogram->count);
    for (i = 1; i < 4; i++, rarity *= 10)
        say_number(names[i], exceeded_by_one_in(histogram, rarity) * rate >> RATE_BITS);
    say_number(names[4], histogram->longest * rate >> RATE_BITS);
}

static void say_latencies(void) {
    static const char *const allocating[5] = {"malloc_calls", "malloc_p99", "malloc_p99_9",
                                              "malloc_p99_99", "malloc_longest"};
    static const char *const releasing[5] = {"free_calls", "free_p99", "free_p99_9", "free_p99_99",
                                             "free_longest"};
    uint64_t rate = tick_rate();
    say_latency(allocating, &call_times[0].allocating, rate);
    say_latency(releasing, &call_times[0].releasing, rate);
}

#endif
