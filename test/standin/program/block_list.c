#include "block_list.h"

#define COMMIT_STEP 0x4000 /* blocks */

static int commit_more(struct BlockList *list);

int block_list_reserve(struct BlockList *list, uint32_t limit) {
    if (list->blocks != 0)
        return 1;
    list->blocks = VirtualAlloc(0, limit * sizeof *list->blocks, MEM_RESERVE, PAGE_READWRITE);
    list->limit = list->blocks == 0 ? 0 : limit;
    return list->blocks != 0;
}

int block_list_add(struct BlockList *list, struct Block block) {
    if (list->count == list->committed && !commit_more(list))
        return 0;
    list->blocks[list->count++] = block;
    return 1;
}

void block_list_check(const struct BlockList *list) {
    uint32_t i;
    for (i = 0; i < list->count; i++)
        block_check(&list->blocks[i]);
}

static int commit_more(struct BlockList *list) {
    uint32_t left = list->limit - list->committed;
    uint32_t more = left < COMMIT_STEP ? left : COMMIT_STEP;
    if (more == 0 || VirtualAlloc(list->blocks + list->committed, more * sizeof *list->blocks,
                                  MEM_COMMIT, PAGE_READWRITE) == 0)
        return 0;
    list->committed += more;
    return 1;
}
