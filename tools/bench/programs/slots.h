/* Workloads over a table of 1024 slots, one chosen by a hash at each step.
 *
 * churn: frees the block of the slot and allocates another of 16 to 527 bytes. An operation is such
 * a pair. scale1, scale2: churn in one thread and in two, each with slots of its own; operations of
 * all threads together. realloc: resizes the block of the slot to 16 to 1039 bytes. An operation is
 * one call. */
#ifndef BENCH_SLOTS_H
#define BENCH_SLOTS_H

#include "blocks.h"
#include "workers.h"

#define SLOT_COUNT   1024
#define TABLE_COUNT  2
#define RESIZED_MARK 0xc2b2ae35u

static unsigned char *slots[TABLE_COUNT][SLOT_COUNT];
static uint32_t slots_seed, slots_operations;

static void churn_table(unsigned char **table, uint32_t seed, uint32_t operations) {
    uint32_t step;
    for (step = 0; step < operations; step++) {
        uint32_t random = hash_step(seed, step);
        uint32_t size = 16 + (random >> 10 & 511);
        unsigned char **slot = &table[random & (SLOT_COUNT - 1)];
        if (*slot != 0)
            release_block(*slot);
        *slot = allocate_block(size);
        mark_block(*slot, size);
    }
}

static void churn(uint32_t seed, uint32_t operations) { churn_table(slots[0], seed, operations); }

static void churn_own_table(unsigned index) {
    churn_table(slots[index], slots_seed + index, slots_operations);
}

static void scale(unsigned threads, uint32_t seed, uint32_t operations) {
    slots_seed = seed;
    slots_operations = operations / threads;
    work_in_threads(threads, churn_own_table);
}

static void scale1(uint32_t seed, uint32_t operations) { scale(1, seed, operations); }
static void scale2(uint32_t seed, uint32_t operations) { scale(2, seed, operations); }

/* The second word is written once and has to survive every resizing. */
static void resize_slots(uint32_t seed, uint32_t operations) {
    uint32_t step;
    for (step = 0; step < operations; step++) {
        uint32_t random = hash_step(seed, step);
        uint32_t size = 16 + (random >> 10 & 1023);
        unsigned char **slot = &slots[0][random & (SLOT_COUNT - 1)];
        int is_new = *slot == 0;
        *slot = resize_block(*slot, size);
        at_word(*slot) = size;
        if (is_new)
            at_word(*slot + 4) = RESIZED_MARK;
    }
}

static void inspect_slots(struct Plateau *plateau) {
    unsigned table, i;
    for (table = 0; table < TABLE_COUNT; table++)
        for (i = 0; i < SLOT_COUNT; i++)
            inspect_block(slots[table][i], plateau);
}

static void inspect_resized_slots(struct Plateau *plateau) {
    unsigned i;
    for (i = 0; i < SLOT_COUNT; i++) {
        unsigned char *block = slots[0][i];
        if (block == 0 || !blocks_are_real)
            continue;
        if (at_word(block + 4) != RESIZED_MARK)
            plateau->faults++;
        plateau->live_bytes += at_word(block);
        plateau->live_blocks++;
    }
}

static void release_slots(void) {
    unsigned table, i;
    for (table = 0; table < TABLE_COUNT; table++)
        for (i = 0; i < SLOT_COUNT; i++) {
            if (slots[table][i] != 0)
                release_block(slots[table][i]);
            slots[table][i] = 0;
        }
}

#endif
