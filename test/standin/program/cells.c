#include "cells.h"

#include "block.h"
#include "calls.h"
#include "findings.h"

/* Each takes four bytes here: its contents are made from its address. */
static uint32_t **cells;
static uint32_t count;

static uint32_t *take(struct Actor *actor, uint32_t index);
static void check(uint32_t index);
static uint32_t words_of(uint32_t index) { return index % 3 == 2 ? 4 : 2; }
static uint32_t mark_of(const void *cell) { return (uint32_t)(uintptr_t)cell * 0x85ebca6bu; }

void cells_take(struct Actor *actor, uint32_t wanted) {
    uint32_t i;
    cells = VirtualAlloc(0, (wanted + 1) * sizeof *cells, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (cells == 0)
        return;
    for (i = 0; i < wanted; i++)
        cells[i] = take(actor, i);
    count = wanted;
}

void cells_turn_over(struct Actor *actor, uint32_t replaced) {
    if (count == 0)
        return;
    for (; replaced != 0; replaced--) {
        uint32_t index = random_below(actor, count);
        check(index);
        call_heap_free(actor, cells[index]);
        cells[index] = take(actor, index);
    }
}

void cells_check(void) {
    uint32_t i;
    for (i = 0; i < count; i++)
        check(i);
}

uint32_t cells_count(void) { return count; }

static uint32_t *take(struct Actor *actor, uint32_t index) {
    uint32_t *cell = call_heap_allocate(actor, words_of(index) * 4), i;
    if (cell == 0) {
        note_finding(WRONG, "no cell was given", 0, words_of(index) * 4);
        return 0;
    }
    for (i = 0; i < words_of(index); i++)
        cell[i] = block_word(mark_of(cell), i);
    return cell;
}

static void check(uint32_t index) {
    const uint32_t *cell = cells[index];
    uint32_t i;
    for (i = 0; cell != 0 && i < words_of(index); i++) {
        if (cell[i] == block_word(mark_of(cell), i))
            continue;
        note_finding(CORRUPTION, "a small cell was written to", cell, words_of(index) * 4);
        return;
    }
}
