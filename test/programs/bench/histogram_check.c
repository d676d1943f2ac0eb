/* Holds the benchmark's histogram against a sorted list of the same values: percentiles within one
 * part in 64 and never too low, the longest value exact. Prints `ok` or what differs. */
#include "../../../tools/bench/programs/histogram.h"
#include <stdio.h>
#include <stdlib.h>

#define VALUES 100000

static struct Histogram first_half, second_half, all;
static uint64_t values[VALUES];

static int ascending(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static int check(uint32_t rarity) {
    uint64_t exact = values[VALUES - VALUES / rarity - 1], got = exceeded_by_one_in(&all, rarity);
    if (got >= exact && got - exact <= exact / SUB_BUCKETS)
        return 1;
    printf("one in %u: %llu instead of %llu\n", rarity, (unsigned long long)got,
           (unsigned long long)exact);
    return 0;
}

static int check_bucket(uint64_t value) {
    unsigned bucket = bucket_of(value);
    if (highest_in(bucket) >= value && (bucket == 0 || highest_in(bucket - 1) < value) &&
        bucket < BUCKET_COUNT)
        return 1;
    printf("%llu is in bucket %u\n", (unsigned long long)value, bucket);
    return 0;
}

int main(void) {
    uint64_t state = 1, value;
    int i, right = 1;
    for (i = 0; i < VALUES; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = state >> 40 >> (state >> 33 & 15); /* all magnitudes up to 24 bits */
        record_value(i % 2 == 0 ? &first_half : &second_half, values[i]);
    }
    add_histogram(&all, &first_half);
    add_histogram(&all, &second_half);
    qsort(values, VALUES, sizeof *values, ascending);
    right &= check(2) & check(100) & check(1000) & check(10000);
    for (value = 0; value < 100000; value++)
        right &= check_bucket(value);
    for (i = 17; i < VALUE_BITS; i++)
        right &= check_bucket(((uint64_t)1 << i) - 1) & check_bucket((uint64_t)1 << i);
    if (all.count != VALUES || all.longest != values[VALUES - 1])
        right = puts("the sum has another count or another longest value") < 0;
    record_value(&all, UINT64_MAX);
    if (all.longest != UINT64_MAX || all.buckets[BUCKET_COUNT - 1] != 1)
        right = puts("a value of more bits is not in the last bucket") < 0;
    if (right)
        puts("ok");
    return 0;
}
