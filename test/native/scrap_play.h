/* SPDX-License-Identifier: MIT */
/* Blocks of scrap heaps, a walk over all there is of them, and a game of chance with them. */
#ifndef POOLNV_TEST_SCRAP_PLAY_H
#define POOLNV_TEST_SCRAP_PLAY_H

#include "vanilla.h"

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

static unsigned char *get(void *heap, size_t size, size_t alignment, int byte) {
    unsigned char *user = replace_scrap_allocate(heap, size, alignment);

    memset(user, byte, size);
    return user;
}

static void give(void *heap, void *user) { replace_scrap_free(heap, user); }

/* The chunks of a line, its blocks one behind another without overlap, and the marks where it ends.
 * 0, or the line of what does not hold. */
static int line_check(const struct ScrapLine *line, uint32_t place, uint32_t *chunks) {
    uint32_t chunk = line->chunk, free = line->free, last = line->last, at, end;
    struct PoolPage *head;

    for (; chunk != 0; chunk = head->next << POOL_PAGE_SHIFT) {
        head = &POOL_PAGES[chunk >> POOL_PAGE_SHIFT];
        if (chunk != line->chunk) {
            free = head->free;
            last = head->carved;
        }
        if (head->tag != POOL_KIND_SCRAP || head->line_id != place)
            return __LINE__;
        end = chunk + (head->pages << POOL_PAGE_SHIFT);
        if (chunk == line->chunk && (line->end != end || line->chunk_key != head->chunk_key))
            return __LINE__;
        if (free < chunk || free > end || free % 16 != 0)
            return __LINE__;
        for (end = free, at = last; at != 0; end = at, at = SCRAP_BLOCK(at)->previous) {
            if (at < chunk || !scrap_is_block(at, head->chunk_key))
                return __LINE__;
            if (at + SCRAP_HEADER + SCRAP_BLOCK(at)->size > end)
                return __LINE__;
        }
        ++*chunks;
    }
    *chunks += line->spare != 0;
    return 0;
}

/* All records; that every chunk of the region belongs to one of them; and the pool. */
static int walk(void) {
    uint32_t index, chunks = 0, found = 0, page;
    int status = 0;

    for (index = 0; index < SCRAP_RECORDS && status == 0; index++) {
        struct ScrapRecord *record = POOL_SCRAP(index);
        if (record->key == 0)
            continue;
        status = line_check(&record->own, SCRAP_LINE_ID(index, 0), &chunks);
        if (status == 0)
            status = line_check(&record->shared, SCRAP_LINE_ID(index, 1), &chunks);
    }
    for (page = 0; page < POOL_STATE->page_count; page++)
        found += POOL_PAGES[page].tag == POOL_KIND_SCRAP;
    if (status == 0 && found != chunks)
        status = __LINE__;
    return status != 0 ? status : pool_check(1);
}

/* In any order of operations, only the owner of a block writes to it. */
static void play(void *heap, uint64_t seed, uint32_t steps, uint32_t *wrong) {
    enum { SLOTS = 200 };
    struct {
        unsigned char *at;
        size_t size;
    } slots[SLOTS] = {{NULL, 0}};
    uint32_t step, index, top = 0;

    for (step = 0; step < steps; step++) {
        uint32_t kind = random_next(&seed) % 100;
        index = kind < 70 && top != 0 ? top - 1 : random_next(&seed) % SLOTS;
        if (slots[index].at != NULL && (kind < 40 || kind > 70)) {
            *wrong += !filled(slots[index].at, (int)index, slots[index].size);
            give(heap, slots[index].at);
            slots[index].at = NULL;
            top = index;
        } else if (slots[index = top % SLOTS].at == NULL) {
            size_t size = kind > 98 ? 100000 : 1 + random_next(&seed) % (kind > 90 ? 9000 : 300);
            slots[index].at = get(heap, size, 4u << random_next(&seed) % 7, (int)index);
            slots[index].size = size;
            top = index + 1;
        } else {
            top++;
        }
    }
    for (index = 0; index < SLOTS; index++)
        if (slots[index].at != NULL) {
            *wrong += !filled(slots[index].at, (int)index, slots[index].size);
            give(heap, slots[index].at);
        }
}

#endif
