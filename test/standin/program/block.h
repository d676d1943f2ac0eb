/* Blocks whose contents are known, so that it shows when somebody else writes to them. */
#ifndef STANDIN_BLOCK_H
#define STANDIN_BLOCK_H

#include "actor.h"

#define FROM_HEAP 0
#define FROM_CRT  1

/* A live block, or none where `at` is null. Whoever has this record owns the block. */
struct Block {
    uint8_t *at;
    uint32_t size : 31; /* as asked for */
    uint32_t from : 1;  /* FROM_HEAP or FROM_CRT */
    uint32_t mark;      /* what its contents are made from */
};

/* Takes a block and fills it. The block is none, and a finding noted, where the function gave none.
 */
struct Block block_take(struct Actor *actor, unsigned from, uint32_t size);

/* Checks the contents of a block and gives it back; leaves none. Any thread, also another one than
 * took it. */
void block_give(struct Actor *actor, struct Block *block);

/* Gives it another size; what both sizes have must stay as it was. */
void block_resize(struct Actor *actor, struct Block *block, uint32_t size);

/* Notes a finding where contents are not as they were. Does not need the block to be at rest. */
void block_check(const struct Block *block);

/* The word of a block's contents at so many words from its begin. */
static inline uint32_t block_word(uint32_t mark, uint32_t index) {
    return mark + index * 0x9e3779b9u;
}

#endif
