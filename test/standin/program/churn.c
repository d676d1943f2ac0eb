#include "churn.h"

#include "doomed.h"
#include "sizes.h"

#define CRT_SHARE    12 /* one of so many blocks comes from the C runtime */
#define RESIZE_SHARE 8
#define LEAVE_SHARE  3
#define LARGEST_CRT  4096

static void one_step(struct Actor *actor, struct Churn *churn);
static struct Block take(struct Actor *actor);

void churn_work(struct Actor *actor, struct Churn *churn, uint32_t steps) {
    for (; steps != 0; steps--)
        one_step(actor, churn);
}

void churn_check(const struct Churn *churn) {
    uint32_t i;
    for (i = 0; i < CHURN_SLOTS; i++)
        block_check(&churn->slots[i]);
}

static void one_step(struct Actor *actor, struct Churn *churn) {
    struct Block *block = &churn->slots[random_below(actor, CHURN_SLOTS)];
    if (block->at == 0) {
        *block = take(actor);
        return;
    }
    if (random_below(actor, RESIZE_SHARE) == 0) {
        block_resize(actor, block, 1 + random_below(actor, 2 * block->size + 16));
        return;
    }
    if (random_below(actor, LEAVE_SHARE) == 0) {
        if (churn->sender < 0)
            doomed_add(actor, *block);
        else if (!doomed_send((unsigned)churn->sender, *block))
            return;
        block->at = 0;
        return;
    }
    block_give(actor, block);
}

static struct Block take(struct Actor *actor) {
    uint32_t size = random_size(actor);
    if (random_below(actor, CRT_SHARE) == 0)
        return block_take(actor, FROM_CRT, size % LARGEST_CRT + 1);
    return block_take(actor, FROM_HEAP, size);
}
