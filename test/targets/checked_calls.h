/* Random allocation calls that check what is in their blocks and count themselves. */
#ifndef TEST_CHECKED_CALLS_H
#define TEST_CHECKED_CALLS_H

#include "portable.h"
#include "plain_io.h"

#define SLOTS         512
#define LARGEST_BYTES 70000

struct Counts {
    uint64_t mallocs, callocs, reallocs, moved, frees, corruptions;
};

/* Blocks, and what was done with them. */
struct Caller {
    struct Counts counts;
    unsigned char *slot[SLOTS];
    size_t size[SLOTS];
};

static volatile size_t largest_bytes = LARGEST_BYTES; /* of the blocks asked for */

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
    size_t range = dice < 70 ? 64 : dice < 90 ? 512 : dice < 99 ? 4096 : largest_bytes;
    return (size_t)(next_random(random) % range) + 1;
}

static void one_call(struct Caller *caller, uint64_t *random) {
    struct Counts *counts = &caller->counts;
    unsigned index = (unsigned)(next_random(random) % SLOTS);
    unsigned char *block = caller->slot[index];
    size_t size = random_size(random), old = caller->size[index];
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
    caller->slot[index] = block;
    caller->size[index] = size;
    if (block != 0) {
        if (((uintptr_t)block & (2 * sizeof(void *) - 1)) != 0)
            counts->corruptions++;
        fill(block, size);
    }
}

static void empty_slots(struct Caller *caller) {
    int i;
    for (i = 0; i < SLOTS; i++) {
        if (caller->slot[i] == 0)
            continue;
        if (!is_intact(caller->slot[i], caller->size[i], mark_of(caller->slot[i])))
            caller->counts.corruptions++;
        free(caller->slot[i]);
        caller->counts.frees++;
        caller->slot[i] = 0;
    }
}

static void add_counts(struct Counts *sum, const struct Counts *counts) {
    sum->mallocs += counts->mallocs;
    sum->callocs += counts->callocs;
    sum->reallocs += counts->reallocs;
    sum->moved += counts->moved;
    sum->frees += counts->frees;
    sum->corruptions += counts->corruptions;
}

static void say_counts(const struct Counts *counts) {
    say_number("mallocs", counts->mallocs);
    say_number("callocs", counts->callocs);
    say_number("reallocs", counts->reallocs);
    say_number("moved", counts->moved);
    say_number("frees", counts->frees);
    say_number("corruptions", counts->corruptions);
}

#endif
