/* SPDX-License-Identifier: MIT */
/* Next to one another in a chunk: header, user bytes, and what is left to the next multiple of 16,
 * where the next header may begin. With an alignment above 16 a gap comes before the header. */
#include "scrap_chunk.h"

#ifdef ORIGINAL_scrap_allocate

#define FIRST_PAGES 8u          /* 64 KB, the first chunk of a line */
#define NEXT_PAGES  16u         /* 128 KB, any other */
#define MOST_BYTES  0x10000000u /* of a block: the page table counts pages back in 16 bits */
#define MOST_ALIGN  0x1000000u

static void *line_bump(struct ScrapLine *line, size_t size, size_t alignment);
static int chunk_push(struct ScrapLine *line, uint32_t place, size_t bytes);
static uint32_t chunk_make(uint32_t pages, uint32_t least);
static void chunk_pop(struct ScrapLine *line);
static void chunks_below_rewind(struct ScrapLine *line);
static void chunk_release(uint32_t chunk);

void *scrap_line_take(struct ScrapLine *line, uint32_t place, size_t size, size_t alignment) {
    void *user = line_bump(line, size, alignment);

    if (user != NULL)
        return user;
    if (size > MOST_BYTES || alignment > MOST_ALIGN)
        return NULL;
    scrap_line_rewind(line); /* what others have freed meanwhile */
    user = line_bump(line, size, alignment);
    if (user != NULL)
        return user;
    chunks_below_rewind(line);
    if (!chunk_push(line, place, size + alignment + SCRAP_HEADER))
        return NULL;
    return line_bump(line, size, alignment);
}

/* The next free place begins behind the aligned user bytes, not behind as many bytes as were asked
 * for from where the search began: blocks would overlap. */
static void *line_bump(struct ScrapLine *line, size_t size, size_t alignment) {
    uintptr_t from = (uintptr_t)POOL_AT(line->free), end = (uintptr_t)POOL_AT(line->end);
    uintptr_t user = (from + SCRAP_HEADER + alignment - 1) & ~(uintptr_t)(alignment - 1);
    struct ScrapBlock *block = (struct ScrapBlock *)(user - SCRAP_HEADER);

    if (line->chunk == 0 || user < from || user > end || size > end - user)
        return NULL;
    block->size = (uint32_t)size;
    block->previous = line->last;
    block->tag = POOL_TAG(size, user, line->code) ^ line->last;
    POOL_STORE(block->state, SCRAP_LIVE);
    line->last = POOL_OFFSET(user) - SCRAP_HEADER;
    line->free = (POOL_OFFSET(user) + (uint32_t)size + 15) & ~15u; /* chunks end at one, too */
    POOL_COUNT_OWN(line->allocs);
    return (void *)user;
}

int scrap_is_block(uint32_t at, uint32_t code) {
    const struct ScrapBlock *block = SCRAP_BLOCK(at);

    return block->tag == (POOL_TAG(block->size, block + 1, code) ^ block->previous);
}

/* ---- going back ---- */

/* The offset of the newest block that is not freed, 0 when all are; *free becomes where the next
 * header may begin. A header that the program overran is as far as it goes: what lies below comes
 * back when the heap is purged. */
static uint32_t blocks_rewind(uint32_t chunk, uint32_t last, uint32_t code, uint32_t *free) {
    while (last != 0) {
        if (POOL_ACQUIRE(SCRAP_BLOCK(last)->state) != SCRAP_FREED || !scrap_is_block(last, code))
            return last;
        *free = last;
        last = SCRAP_BLOCK(last)->previous;
    }
    *free = chunk;
    return 0;
}

void scrap_line_rewind(struct ScrapLine *line) {
    while (line->chunk != 0) {
        line->last = blocks_rewind(line->chunk, line->last, line->code, &line->free);
        if (line->last != 0 || POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT].next == 0)
            return;
        chunk_pop(line);
    }
}

/* Where the newest block of a chunk never dies, those below may be empty nevertheless: with heaps
 * whose oldest blocks are freed first. */
static void chunks_below_rewind(struct ScrapLine *line) {
    struct PoolPage *above = &POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT], *head;

    if (line->chunk == 0)
        return;
    while (above->next != 0) {
        head = &POOL_PAGES[above->next];
        head->carved = blocks_rewind(above->next << POOL_PAGE_SHIFT, head->carved, head->reserved,
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
    line->code = head->reserved;
    line->free = free;
    line->last = last;
}

static int chunk_push(struct ScrapLine *line, uint32_t place, size_t bytes) {
    uint32_t pages = line->chunk == 0 ? FIRST_PAGES : NEXT_PAGES, head;
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
    POOL_STORE(POOL_PAGES[head].out, place);
    POOL_STORE(POOL_PAGES[head].reserved,
               SCRAP_CODE ^ (POOL_ADD(POOL_STATE->scrap.chunks, 1) + 1) * POOL_CODE_FACTOR);
    chunk_enter(line, head << POOL_PAGE_SHIFT, head << POOL_PAGE_SHIFT, 0);
    return 1;
}

/* Of `pages` pages or at least so many; the page where it begins, 0 when there is no room. */
static uint32_t chunk_make(uint32_t pages, uint32_t least) {
    uint32_t fresh, head = pool_run_take(POOL_GROUP_HUGE, pages, 0, POOL_KIND_SCRAP, &fresh);

    if (head == 0) {
        pool_recycle_gather();
        head = pool_run_take(POOL_GROUP_HUGE, least, 0, POOL_KIND_SCRAP, &fresh);
    }
    if (head != 0)
        pool_out_more(POOL_PAGES[head].pages << POOL_PAGE_SHIFT);
    return head;
}

/* The newest chunk, which is empty, goes; the one below, if there is one, is used on. */
static void chunk_pop(struct ScrapLine *line) {
    struct PoolPage *head = &POOL_PAGES[line->chunk >> POOL_PAGE_SHIFT];
    uint32_t chunk = line->chunk, below = head->next;

    if (below != 0)
        chunk_enter(line, below << POOL_PAGE_SHIFT, POOL_PAGES[below].free,
                    POOL_PAGES[below].carved);
    else
        line->chunk = line->free = line->end = line->last = 0;
    if (line->spare == 0 && head->pages <= NEXT_PAGES)
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
    pool_out_less(pages << POOL_PAGE_SHIFT);
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
