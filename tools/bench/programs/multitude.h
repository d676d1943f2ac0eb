/* Workloads with millions of blocks alive.
 *
 * startup: allocates blocks, 70 % of 16 to 64 bytes and 30 % of up to 512, frees none, writes every
 * cache line. An operation is one malloc. What it allocated is freed before the next run, outside
 * of the time that is measured. live5m: half as many blocks as operations, 90 % of 16 to 64 bytes
 * and 10 % of up to 256: allocates them, replaces as many chosen by a hash, frees them all. An
 * operation is a malloc and its free; the first 8 bytes are written. */
#ifndef BENCH_MULTITUDE_H
#define BENCH_MULTITUDE_H

#include "blocks.h"

#define MULTITUDE_LIMIT 5000000

static unsigned char *multitude[MULTITUDE_LIMIT];
static uint32_t multitude_count;

static void release_multitude(void) {
    uint32_t i;
    for (i = 0; i < multitude_count; i++)
        release_block(multitude[i]);
    multitude_count = 0;
}

static void start_up(uint32_t seed, uint32_t operations) {
    uint32_t step;
    multitude_count = operations < MULTITUDE_LIMIT ? operations : MULTITUDE_LIMIT;
    for (step = 0; step < multitude_count; step++) {
        uint32_t random = hash_step(seed, step), magnitude = random >> 10 & 16383;
        int is_small = (random & 1023) < 717;
        uint32_t size =
            is_small ? size_between(16, 64, magnitude) : size_between(65, 512, magnitude);
        multitude[step] = allocate_block(size);
        write_block(multitude[step], size);
    }
}

static inline unsigned char *allocate_one_of_many(uint32_t random) {
    uint32_t magnitude = random >> 10 & 16383;
    int is_small = (random & 1023) < 922;
    uint32_t size = is_small ? size_between(16, 64, magnitude) : size_between(65, 256, magnitude);
    unsigned char *block = allocate_block(size);
    mark_block(block, size);
    return block;
}

static void keep_many_alive(uint32_t seed, uint32_t operations) {
    uint32_t step, count = operations / 2 < MULTITUDE_LIMIT ? operations / 2 : MULTITUDE_LIMIT;
    multitude_count = count;
    for (step = 0; step < count; step++)
        multitude[step] = allocate_one_of_many(hash_step(seed, step));
    for (step = 0; step < count; step++) {
        uint32_t place = hash_step(seed ^ MARK, step);
        unsigned char **chosen = &multitude[(uint64_t)place * count >> 32];
        release_block(*chosen);
        *chosen = allocate_one_of_many(hash_step(seed, count + step));
    }
}

static void inspect_multitude(struct Plateau *plateau) {
    uint32_t i;
    for (i = 0; i < multitude_count; i++)
        inspect_block(multitude[i], plateau);
}

#endif
