/* A list of blocks in memory that does not come from the game's heaps. */
#ifndef STANDIN_BLOCK_LIST_H
#define STANDIN_BLOCK_LIST_H

#include "block.h"

struct BlockList {
    struct Block *blocks; /* reserved for `limit`, committed as far as it is used */
    uint32_t count, limit, committed;
};

/* Reserves address space for so many blocks unless that is done; 0 where there is none. */
int block_list_reserve(struct BlockList *list, uint32_t limit);

/* Adds a block; 0, and nothing is added, where the list is full or memory is short. */
int block_list_add(struct BlockList *list, struct Block block);

/* Looks at the contents of all blocks. */
void block_list_check(const struct BlockList *list);

#endif
