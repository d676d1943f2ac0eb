#include "block.h"

#include "calls.h"
#include "findings.h"

/* Of larger blocks only both ends and a word of each page are filled and looked at. */
#define FILLED_WHOLE 4096
#define FILLED_END   256
#define FILLED_STEP  4096

static void examine(struct Actor *actor, const struct Block *block, int was_zeroed);
static void fill(const struct Block *block);
static int is_intact(const struct Block *block, uint32_t filled_for, uint32_t size);
static int is_zero(const uint8_t *at, uint32_t size);

struct Block block_take(struct Actor *actor, unsigned from, uint32_t size) {
    struct Block block = {0};
    int zeroed = 0;
    if (from == FROM_HEAP) {
        block.at = call_heap_allocate(actor, size);
    } else if (random_below(actor, 3) == 0) {
        block.at = call_calloc(actor, 1, size);
        zeroed = 1;
    } else {
        block.at = call_malloc(actor, size);
    }
    block.size = size;
    block.from = from;
    block.mark = random_below(actor, ~0u);
    examine(actor, &block, zeroed);
    if (block.at != 0)
        fill(&block);
    return block;
}

void block_give(struct Actor *actor, struct Block *block) {
    if (block->at == 0)
        return;
    block_check(block);
    if (block->from == FROM_HEAP)
        call_heap_free(actor, block->at);
    else
        call_free(actor, block->at);
    block->at = 0;
}

void block_resize(struct Actor *actor, struct Block *block, uint32_t size) {
    uint32_t before = block->size, room = 0;
    int zeroes = block->from == FROM_CRT && random_below(actor, 2) == 0;
    block_check(block);
    if (block->from == FROM_HEAP) {
        block->at = call_heap_reallocate(actor, block->at, size);
    } else if (zeroes) {
        room = (uint32_t)call_msize(actor, block->at);
        block->at = call_recalloc(actor, block->at, 1, size);
    } else {
        block->at = call_realloc(actor, block->at, size);
    }
    block->size = size;
    examine(actor, block, 0);
    if (block->at == 0)
        return;
    if (!is_intact(block, before, before < size ? before : size))
        note_finding(CORRUPTION, "a block that was resized lost contents", block->at, size);
    if (zeroes && room < size && !is_zero(block->at + room, size - room))
        note_finding(WRONG, "a block that grew is not zeroed", block->at, size);
    fill(block);
}

void block_check(const struct Block *block) {
    if (block->at != 0 && !is_intact(block, block->size, block->size))
        note_finding(CORRUPTION, "a block in use was written to", block->at, block->size);
}

/* Whether a function gave what it owes. */
static void examine(struct Actor *actor, const struct Block *block, int was_zeroed) {
    uintptr_t grain = block->from == FROM_HEAP ? 4 : 8;
    size_t room;
    if (block->at == 0) {
        note_finding(WRONG, "no block was given", 0, block->size);
        return;
    }
    if ((uintptr_t)block->at % grain != 0)
        note_finding(WRONG, "a block is badly aligned", block->at, block->size);
    if (was_zeroed && !is_zero(block->at, block->size))
        note_finding(WRONG, "a block is not zeroed", block->at, block->size);
    if (random_below(actor, 8) != 0)
        return;
    room =
        block->from == FROM_HEAP ? call_heap_msize(actor, block->at) : call_msize(actor, block->at);
    if (room < block->size || (room == 0 && block->from == FROM_HEAP))
        note_finding(WRONG, "a block is said to be too small", block->at, (uint32_t)room);
}

/* Where the next filled word of a block of such a size is. */
static uint32_t next_filled(uint32_t offset, uint32_t size) {
    uint32_t page, end_part;
    offset += 4;
    if (size <= FILLED_WHOLE || offset < FILLED_END)
        return offset;
    end_part = (size - FILLED_END) & ~3u;
    page = (offset + FILLED_STEP - 1) / FILLED_STEP * FILLED_STEP;
    return offset >= end_part ? offset : page < end_part ? page : end_part;
}

static void fill(const struct Block *block) {
    uint32_t offset, size = block->size;
    for (offset = 0; offset < size; offset = next_filled(offset, size)) {
        uint32_t word = block_word(block->mark, offset / 4), left = size - offset;
        if (left >= 4) {
            *(uint32_t *)(block->at + offset) = word;
            continue;
        }
        for (; left != 0; left--, word >>= 8)
            block->at[size - left] = (uint8_t)word;
    }
}

/* filled_for: the size for which it was filled
 * size: how much of that is looked at */
static int is_intact(const struct Block *block, uint32_t filled_for, uint32_t size) {
    uint32_t offset;
    for (offset = 0; offset < size; offset = next_filled(offset, filled_for)) {
        uint32_t word = block_word(block->mark, offset / 4), left = size - offset;
        if (left >= 4) {
            if (*(const uint32_t *)(block->at + offset) != word)
                return 0;
            continue;
        }
        for (; left != 0; left--, word >>= 8)
            if (block->at[size - left] != (uint8_t)word)
                return 0;
    }
    return 1;
}

static int is_zero(const uint8_t *at, uint32_t size) {
    uint32_t i;
    for (i = 0; i < size; i++)
        if (at[i] != 0)
            return 0;
    return 1;
}
