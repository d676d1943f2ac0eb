#include "stale.h"

#include "frame.h"
#include "settings.h"

#define REMEMBERED  512
#define READ_FRAMES 30   /* psycho: for 3 frames to 30 after it was freed */
#define SMALLEST    16   /* with something behind the bytes that vanilla itself destroys */
#define LARGEST     1020 /* larger ones are no cells; their memory may go */
#define LINK_WORDS  2
#define ONE_OF      4 /* so many freed blocks are read */

struct Stale {
    const uint32_t *at;
    uint32_t words[2]; /* what stood behind the links */
    uint32_t frame;    /* in which it was freed */
};

static struct Stale remembered[REMEMBERED];
static uint32_t next, seen;

void stale_note(const struct Block *block) {
    struct Stale *stale = &remembered[next];
    if (block->from != FROM_HEAP || block->size < SMALLEST || block->size > LARGEST ||
        ++seen % ONE_OF != 0)
        return;
    stale->at = (const uint32_t *)block->at;
    stale->words[0] = block_word(block->mark, LINK_WORDS);
    stale->words[1] = block_word(block->mark, LINK_WORDS + 1);
    stale->frame = frames_done();
    next = (next + 1) % REMEMBERED;
}

void stale_read(struct Actor *actor, uint32_t part, uint32_t parts) {
    uint32_t i;
    if (!settings.stale)
        return;
    for (i = part; i < REMEMBERED; i += parts) {
        const struct Stale *stale = &remembered[i];
        const volatile uint32_t *at = stale->at;
        if (at == 0 || frames_done() - stale->frame > READ_FRAMES)
            continue;
        actor->stale_reads++;
        if (at[LINK_WORDS] != stale->words[0] || at[LINK_WORDS + 1] != stale->words[1])
            actor->stale_lost++;
    }
}
