#include "held.h"

#include "block_list.h"
#include "sizes.h"

#define HELD_MOST    (1u << 20)
#define LARGEST_HELD 65536
#define CRT_SHARE    12

static struct BlockList held;

uint32_t held_take(struct Actor *actor, uint32_t count) {
    uint32_t taken;
    if (!block_list_reserve(&held, HELD_MOST))
        return 0;
    for (taken = 0; taken < count; taken++) {
        unsigned from = random_below(actor, CRT_SHARE) == 0 ? FROM_CRT : FROM_HEAP;
        uint32_t size = random_size(actor) % LARGEST_HELD;
        struct Block block = block_take(actor, from, from == FROM_CRT && size == 0 ? 1 : size);
        if (block.at == 0)
            break;
        if (!block_list_add(&held, block)) {
            block_give(actor, &block);
            break;
        }
    }
    return taken;
}

uint32_t held_drop(struct Actor *actor) {
    uint32_t i, count = held.count;
    for (i = 0; i < count; i++)
        block_give(actor, &held.blocks[i]);
    held.count = 0;
    return count;
}

uint32_t held_resize(struct Actor *actor) {
    uint32_t i, resized = 0;
    for (i = 0; i < held.count; i++) {
        if (held.blocks[i].at == 0 || random_below(actor, 2) == 0)
            continue;
        block_resize(actor, &held.blocks[i], 1 + random_below(actor, 2 * held.blocks[i].size + 8));
        resized++;
    }
    return resized;
}

uint32_t held_harm(void) {
    uint32_t i = 0;
    while (i < held.count && held.blocks[i].size == 0)
        i++;
    if (i >= held.count)
        return 0;
    held.blocks[i].at[0] ^= 1;
    return 1;
}

void held_check(void) { block_list_check(&held); }

uint32_t held_count(void) { return held.count; }
