/* What workloads do with sizes and contents. Everything random is a hash of the seed and the step,
 * so that each allocator gets the same requests in the same order. */
#ifndef BENCH_BLOCKS_H
#define BENCH_BLOCKS_H

#include "allocator.h"

#define LINE_BYTES  64
#define MARK        0x5bd1e995u
#define WHOLE_SMALL 512
#define at_word(p)  (*(uint32_t *)(void *)(p))

/* What lives when a workload stands still. */
struct Plateau {
    uint64_t live_bytes, live_blocks, faults;
};

/* 32 bits wide, because the programs are mostly 32-bit ones; the finalizer `lowbias32`. */
static inline uint32_t hash_step(uint32_t seed, uint32_t step) {
    uint32_t x = seed + step * 0x9e3779b9u;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

/* From `low` to `high`, both included, by 14 random bits. */
static inline uint32_t size_between(uint32_t low, uint32_t high, uint32_t random14) {
    return low + (random14 * (high - low + 1) >> 14);
}

/* The first eight bytes say how long the block is, so that nothing has to be kept about it
 * elsewhere. */
static inline void mark_block(unsigned char *block, uint32_t size) {
    at_word(block) = size;
    at_word(block + 4) = size ^ MARK;
}

/* Writes to every cache line. */
static inline void write_block(unsigned char *block, uint32_t size) {
    uint32_t at;
    for (at = LINE_BYTES; at < size; at += LINE_BYTES)
        at_word(block + at) = size;
    mark_block(block, size);
}

static void inspect_block(const unsigned char *block, struct Plateau *plateau) {
    uint32_t size;
    if (block == 0 || !blocks_are_real)
        return;
    size = at_word(block);
    if (at_word(block + 4) != (size ^ MARK))
        plateau->faults++;
    plateau->live_bytes += size;
    plateau->live_blocks++;
}

#endif
