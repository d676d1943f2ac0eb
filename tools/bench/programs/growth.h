/* growth: 64 strings, in turn, each grown by 16 bytes with realloc until it has its final length of
 * 256 to 4096 bytes; then it is freed and begun anew. The new 16 bytes are written. An operation is
 * one realloc. */
#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "blocks.h"

#define STRING_COUNT 64
#define STEP_BYTES   16

static struct {
    unsigned char *bytes;
    uint32_t length, final_length;
} strings[STRING_COUNT];

static void grow_strings(uint32_t seed, uint32_t operations) {
    uint32_t step;
    for (step = 0; step < operations; step++) {
        unsigned index = step & (STRING_COUNT - 1);
        uint32_t length = strings[index].length, *end;
        if (length == strings[index].final_length) {
            if (length != 0)
                release_block(strings[index].bytes);
            strings[index].bytes = 0;
            strings[index].final_length = 256 + STEP_BYTES * (hash_step(seed, step) % 241);
            length = 0;
        }
        strings[index].bytes = resize_block(strings[index].bytes, length + STEP_BYTES);
        end = (uint32_t *)(void *)(strings[index].bytes + length);
        end[0] = end[1] = end[2] = end[3] = length;
        strings[index].length = length + STEP_BYTES;
    }
}

static void inspect_strings(struct Plateau *plateau) {
    unsigned index;
    for (index = 0; index < STRING_COUNT && blocks_are_real; index++) {
        uint32_t at;
        for (at = 0; at < strings[index].length; at += 4)
            if (at_word(strings[index].bytes + at) != at / STEP_BYTES * STEP_BYTES)
                plateau->faults++;
        plateau->live_bytes += strings[index].length;
        plateau->live_blocks += strings[index].length != 0;
    }
}

static void release_strings(void) {
    unsigned index;
    for (index = 0; index < STRING_COUNT; index++)
        if (strings[index].length != 0)
            release_block(strings[index].bytes);
    memset(strings, 0, sizeof strings);
}

#endif
