/* SPDX-License-Identifier: MIT */
/* A chunk holds header and user bytes of one block after the other; the next header begins at the
 * next multiple of 16, after a gap if the alignment is more than 16. */
#include "../pool/internal.h"
#include "scrap_heap.h"

#ifdef ORIGINAL_scrap_allocate

#define FIRST_CHUNK_PAGES 8u          /* 64 KB, the first chunk of a line */
#define NEXT_CHUNK_PAGES  16u         /* 128 KB, any other */
#define SCRAP_BLOCK_MAX   0x10000000u /* of a block: the page table counts pages back in 16 bits */
#define SCRAP_ALIGN_MAX   0x1000000u

static void *line_bump(struct ScrapLine *line, size_t size, size_t alignment);
static int chunk_push(struct ScrapLine *line, uint32_t line_id, size_t bytes);
static uint32_t chunk_make(uint32_t pages, uint32_t least);
static void chunk_pop(struct ScrapLine *line);
static void chunks_below_rewind(struct ScrapLine *line);
static void chunk_release(uint32_t chunk);

void *scrap_line_take(struct ScrapLine *line, uint32_t line_id, size_t size, size_t alignment) {
    void *user = line_bump(line, size, alignment);

    if (user != NULL)
        return user;
    if (size > SCRAP_BLOCK_MAX || alignment > SCRAP_ALIGN_MAX)
        return NULL;
    scrap_line_rewind(line); /* what other threads have freed */
    user = line_bump(line, size, alignment);
    if (user != NULL)
        return user;
    chunks_below_rewind(line);
    if (!chunk_push(line, line_id, size + alignment + SCRAP_HEADER))
        return NULL;
    return line_bump(line, size, alignment);
}

/* The next header is placed behind the aligned user bytes, not `size` bytes behind this header:
 * blocks would overlap. */
static void *line_bump(struct ScrapLine *line, size_t size, size_t alignment) {
    uintptr_t from = (uintptr_t)POOL_AT(line->free), end = (uintptr_t)POOL_AT(line->end);
    uintptr_t user = (from + SCRAP_HEADER + alignment - 1) & ~(uintptr_t)(alignment - 1);
    struct ScrapBlock *block = (struct ScrapBlock *)(user - SCRAP_HEADER);

    if (line->chunk == 0 || user < from || user > end || size > end - user)
        return NULL;
    block->size = (uint32_t)size;
    block->previous = line->last;
    block->tag = POOL_TAG(size, user, line->chunk_key) ^ line->last;
    POOL_STORE(block->state, SCRAP_LIVE);
    line->last = POOL_OFFSET(user) - SCRAP_HEADER;
    line->free =
        (POOL_OFFSET(user) + (uint32_t)size + 15) & ~15u; /* chunks end at such a multiple */
    POOL_COUNT_OWN(line->allocs);
    return (void *)user;
}

int scrap_is_block(uint32_t at, uint32_t chunk_key) {
    const struct ScrapBlock *block = SCRAP_BLOCK(at);

    return block->tag == (POOL_TAG(block->size, block + 1, chunk_key) ^ block->previous);
}

/* ---- going back ---- */

/* Returns the offset of the newest block that is not freed, 0 if all are; *free becomes the offset
 * at which the next header may begin. Stops at a header that the program has overwritten: what is
 * below it is released when the heap is purged. */
static uint32_t blocks_rewind(uint32_t chunk, uint32_t last, uint32_t chunk_key, uint32_t *free) {
    while (last != 0) {
        if (POOL_ACQUIRE(SCRAP_BLOCK(last)->state) != SCRAP_FREED ||
            !scrap_is_block(last, chunk_key))
            return last;
        *free = last;
        last = SCRAP_BLOCK(last)->previous;
    }
    *free = chunk;
    return 0;
}

void scrap_line_rewind(struct ScrapLine *line) {
    while (line->chunk != 0) {
        line->last = blocks_rewind(line->chunk, line->last, line->chunk_key, &line->free);
        if (line->last != 0 || POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT].next == 0)
            return;
        chunk_pop(line);
    }
}

/* While the newest block of a chunk is live, the chunks below it may be empty: in heaps whose
 * oldest blocks are freed first. */
static void chunks_below_rewind(struct ScrapLine *line) {
    struct PoolPage *above = &POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT], *head;

    if (line->chunk == 0)
        return;
    while (above->next != 0) {
        head = &POOL_PAGES[above->next];
        head->carved = blocks_rewind(above->next << POOL_PAGE_SHIFT, head->carved, head->chunk_key,
                                     &head->free);
        if (head->carved != 0) {
            above = head;
            continue;
        }
        head = &POOL_PAGES[above->next];
        above->next = head->next;
        chunk_release((uint32_t)(head - POOL_PAGES) << POOL_PAGE_SHIFT);
    }
}

/* ---- chunks ---- */

static void chunk_enter(struct ScrapLine *line, uint32_t chunk, uint32_t free, uint32_t last) {
    struct PoolPage *head = &POOL_PAGES[chunk >> POOL_PAGE_SHIFT];

    line->chunk = chunk;
    line->end = chunk + (head->pages << POOL_PAGE_SHIFT);
    line->chunk_key = head->chunk_key;
    line->free = free;
    line->last = last;
}

static int chunk_push(struct ScrapLine *line, uint32_t line_id, size_t bytes) {
    uint32_t pages = line->chunk == 0 ? FIRST_CHUNK_PAGES : NEXT_CHUNK_PAGES, head;
    uint32_t least = (uint32_t)((bytes + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT);

    if (pages < least)
        pages = least;
    head = line->spare >> POOL_PAGE_SHIFT;
    if (head != 0 && POOL_PAGES[head].pages >= least)
        line->spare = 0;
    else
        head = chunk_make(pages, least);
    if (head == 0)
        return 0;
    if (line->chunk != 0 && line->last == 0)
        chunk_pop(line);
    if (line->chunk != 0) {
        POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT].free = line->free;
        POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT].carved = line->last;
    }
    POOL_PAGES[head].next = line->chunk >> POOL_PAGE_SHIFT;
    POOL_STORE(POOL_PAGES[head].line_id, line_id);
    POOL_STORE(POOL_PAGES[head].chunk_key,
               SCRAP_KEY ^ (POOL_ADD(POOL_STATE->scrap.chunks, 1) + 1) * POOL_HASH_FACTOR);
    chunk_enter(line, head << POOL_PAGE_SHIFT, head << POOL_PAGE_SHIFT, 0);
    return 1;
}

/* Of `pages` pages, or at least `least`. Returns its first page, 0 if the pool is full. */
static uint32_t chunk_make(uint32_t pages, uint32_t least) {
    uint32_t fresh, head = pool_run_alloc(pages, least, 0, POOL_KIND_SCRAP, &fresh);

    if (head != 0)
        pool_usage_add(POOL_PAGES[head].pages << POOL_PAGE_SHIFT);
    return head;
}

/* Removes the newest chunk, which is empty; the one below it, if any, is in use again. */
static void chunk_pop(struct ScrapLine *line) {
    struct PoolPage *head = &POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT];
    uint32_t chunk = line->chunk, below = head->next;

    if (below != 0)
        chunk_enter(line, below << POOL_PAGE_SHIFT, POOL_PAGES[below].free,
                    POOL_PAGES[below].carved);
    else
        line->chunk = line->free = line->end = line->last = 0;
    if (line->spare == 0 && head->pages <= NEXT_CHUNK_PAGES)
        line->spare = chunk;
    else
        chunk_release(chunk);
}

static void chunk_release(uint32_t chunk) {
    uint32_t head = chunk >> POOL_PAGE_SHIFT, pages = POOL_PAGES[head].pages, page;
    struct PoolPageHeap *heap = pool_heap_of(head);

    POOL_LOCK(&heap->lock);
    for (page = head; page < head + pages; page++)
        POOL_STORE(POOL_PAGES[page].tag, POOL_KIND_NONE);
    POOL_STORE(heap->used, heap->used - pages);
    pool_run_give(heap, head, pages);
    POOL_UNLOCK(&heap->lock);
    pool_usage_sub(pages << POOL_PAGE_SHIFT);
}

void scrap_line_drop(struct ScrapLine *line) {
    uint32_t page = line->chunk >> POOL_PAGE_SHIFT, next;

    for (; page != 0; page = next) {
        next = POOL_PAGES[page].next;
        chunk_release(page << POOL_PAGE_SHIFT);
    }
    if (line->spare != 0)
        chunk_release(line->spare);
    line->chunk = line->free = line->end = line->last = line->spare = 0;
}

#endif
