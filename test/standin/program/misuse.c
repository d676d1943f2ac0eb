#include "misuse.h"

#include "block.h"
#include "calls.h"
#include "findings.h"

#define TWICE_BYTES 24
#define CELL_BYTES  8
#define INTERIOR    5 /* bytes into the cell, as seen in a crash of the game */

static uint32_t count;

static void free_twice(struct Actor *actor);
static void free_interior(struct Actor *actor);

void misuse_heap(struct Actor *actor) {
    free_twice(actor);
    free_interior(actor);
}

uint32_t misuses(void) { return count; }

static void free_twice(struct Actor *actor) {
    struct Block first, second;
    void *freed = call_heap_allocate(actor, TWICE_BYTES);
    call_heap_free(actor, freed);
    call_heap_free(actor, freed);
    count++;
    first = block_take(actor, FROM_HEAP, TWICE_BYTES);
    second = block_take(actor, FROM_HEAP, TWICE_BYTES);
    if (first.at != 0 && first.at == second.at) {
        note_finding(CORRUPTION, "a block freed twice was given twice", first.at, TWICE_BYTES);
        second.at = 0;
    }
    block_give(actor, &second);
    block_give(actor, &first);
}

static void free_interior(struct Actor *actor) {
    struct Block cell = block_take(actor, FROM_HEAP, CELL_BYTES), other;
    if (cell.at == 0)
        return;
    call_heap_free(actor, cell.at + INTERIOR);
    count++;
    other = block_take(actor, FROM_HEAP, CELL_BYTES);
    block_give(actor, &other);
    block_give(actor, &cell);
}
