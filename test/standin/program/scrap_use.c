#include "scrap_use.h"

#include "block.h"
#include "calls.h"
#include "findings.h"

#define BLOCKS          12
#define LARGEST         1500
#define EMBEDDED_BLOCKS 6
#define EMBEDDED_SHARE  4      /* one of so many works has a heap on the stack, too */
#define LARGEST_RESERVE 300000 /* asked for when such a heap is made */

struct Scrap {
    uint32_t *at;
    uint32_t words;
    uint32_t mark;
};

static void use(struct Actor *actor, struct ScrapHeap *heap, uint32_t count);
static struct Scrap take(struct Actor *actor, struct ScrapHeap *heap);
static void give(struct Actor *actor, struct ScrapHeap *heap, const struct Scrap *scrap);

void scrap_use(struct Actor *actor) {
    struct ScrapHeap *heap = call_scrap_of_thread(actor);
    if (heap == 0)
        note_finding(WRONG, "a thread got no scrap heap", 0, 0);
    else
        use(actor, heap, BLOCKS);
    if (random_below(actor, EMBEDDED_SHARE) == 0) {
        struct ScrapHeap embedded;
        uint32_t reserve =
            random_below(actor, 2) == 0 ? 0 : random_below(actor, LARGEST_RESERVE) + 1;
        memset(&embedded, 0xee, sizeof embedded);
        call_scrap_construct(actor, &embedded, reserve);
        use(actor, &embedded, EMBEDDED_BLOCKS);
        call_scrap_destroy(actor, &embedded);
    }
}

static void use(struct Actor *actor, struct ScrapHeap *heap, uint32_t count) {
    struct Scrap scraps[BLOCKS];
    uint32_t i, odd = random_below(actor, count - 1);
    for (i = 0; i < count; i++)
        scraps[i] = take(actor, heap);
    if (random_below(actor, 3) == 0) { /* two of them leave in the other order */
        struct Scrap earlier = scraps[odd];
        scraps[odd] = scraps[odd + 1];
        scraps[odd + 1] = earlier;
    }
    for (i = count; i != 0; i--)
        give(actor, heap, &scraps[i - 1]);
}

static struct Scrap take(struct Actor *actor, struct ScrapHeap *heap) {
    uint32_t alignment = 4u << random_below(actor, 5), i;
    struct Scrap scrap = {0, 1 + random_below(actor, LARGEST) / 4, random_below(actor, ~0u)};
    scrap.at = call_scrap_allocate(actor, heap, scrap.words * 4, alignment);
    if (scrap.at == 0) {
        note_finding(WRONG, "a scrap heap is full", heap, scrap.words * 4);
        return scrap;
    }
    if ((uintptr_t)scrap.at % alignment != 0)
        note_finding(WRONG, "a scrap block is badly aligned", scrap.at, alignment);
    for (i = 0; i < scrap.words; i++)
        scrap.at[i] = block_word(scrap.mark, i);
    return scrap;
}

static void give(struct Actor *actor, struct ScrapHeap *heap, const struct Scrap *scrap) {
    uint32_t i;
    if (scrap->at == 0)
        return;
    for (i = 0; i < scrap->words; i++) {
        if (scrap->at[i] == block_word(scrap->mark, i))
            continue;
        note_finding(CORRUPTION, "a scrap block was written to", scrap->at, scrap->words * 4);
        break;
    }
    call_scrap_free(actor, heap, scrap->at);
}
