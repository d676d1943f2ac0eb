#include "doomed.h"

#include "block_list.h"
#include "stale.h"

#define QUEUE_LIMIT 0x40000
#define RING        1024

/* One writer, one reader. */
struct Ring {
    struct Block blocks[RING];
    volatile uint32_t written, read;
};

static struct BlockList queue;
static struct Ring rings[DOOMED_SENDERS];

static void destroy(struct Actor *actor, struct Block *block);

void doomed_add(struct Actor *actor, struct Block block) {
    if (!block_list_reserve(&queue, QUEUE_LIMIT) || !block_list_add(&queue, block))
        destroy(actor, &block);
}

int doomed_send(unsigned sender, struct Block block) {
    struct Ring *ring = &rings[sender];
    if (ring->written - ring->read == RING)
        return 0;
    ring->blocks[ring->written % RING] = block;
    __sync_synchronize();
    ring->written++;
    return 1;
}

void doomed_destroy(struct Actor *actor, uint32_t most) {
    unsigned sender;
    for (sender = 0; sender < DOOMED_SENDERS; sender++) {
        struct Ring *ring = &rings[sender];
        while (ring->read != ring->written) {
            destroy(actor, &ring->blocks[ring->read % RING]);
            ring->read++;
        }
    }
    for (; queue.count != 0 && most != 0; most--)
        destroy(actor, &queue.blocks[--queue.count]);
}

void doomed_check(void) { block_list_check(&queue); }

static void destroy(struct Actor *actor, struct Block *block) {
    stale_note(block);
    block_give(actor, block);
}
