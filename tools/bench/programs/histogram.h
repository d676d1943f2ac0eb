/* A log-linear histogram in fixed memory: values below 64 have a bucket each, and each doubling
 * above has 64 buckets of equal width, so that a value is known to one part in 64. One thread
 * writes. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>
#include <string.h>

#define SUB_BUCKET_BITS 6
#define SUB_BUCKETS     (1u << SUB_BUCKET_BITS)
/* Values of more bits are counted in the last bucket; `longest` holds them exactly. */
#define VALUE_BITS   40
#define BUCKET_COUNT (SUB_BUCKETS * (VALUE_BITS - SUB_BUCKET_BITS + 1))

struct Histogram {
    uint64_t count, longest;
    uint32_t buckets[BUCKET_COUNT];
};

static inline unsigned bucket_of(uint64_t value) {
    unsigned shift;
    if (value < SUB_BUCKETS)
        return (unsigned)value;
    if (value >> VALUE_BITS != 0)
        return BUCKET_COUNT - 1;
    shift = 63 - (unsigned)__builtin_clzll(value) - SUB_BUCKET_BITS;
    return (shift << SUB_BUCKET_BITS) + (unsigned)(value >> shift);
}

/* The highest value that is counted in the bucket. */
static uint64_t highest_in(unsigned bucket) {
    unsigned shift;
    if (bucket < SUB_BUCKETS)
        return bucket;
    shift = (bucket >> SUB_BUCKET_BITS) - 1;
    return ((uint64_t)(bucket - (shift << SUB_BUCKET_BITS) + 1) << shift) - 1;
}

static inline void record_value(struct Histogram *histogram, uint64_t value) {
    histogram->count++;
    histogram->buckets[bucket_of(value)]++;
    if (value > histogram->longest)
        histogram->longest = value;
}

static void add_histogram(struct Histogram *sum, const struct Histogram *part) {
    unsigned bucket;
    sum->count += part->count;
    if (part->longest > sum->longest)
        sum->longest = part->longest;
    for (bucket = 0; bucket < BUCKET_COUNT; bucket++)
        sum->buckets[bucket] += part->buckets[bucket];
}

/* The value that at most one in `rarity` of all values exceeds: 100 for p99. */
static uint64_t exceeded_by_one_in(const struct Histogram *histogram, uint32_t rarity) {
    uint64_t wanted = histogram->count - histogram->count / rarity, seen = 0;
    unsigned bucket;
    for (bucket = 0; bucket < BUCKET_COUNT - 1; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen >= wanted)
            break;
    }
    return highest_in(bucket) < histogram->longest ? highest_in(bucket) : histogram->longest;
}

#endif
