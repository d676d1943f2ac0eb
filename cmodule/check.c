/* SPDX-License-Identifier: MIT */
/* Walks everything and says whether the invariants of README.md hold. For tests: stops the pool
 * while it walks, and takes time in proportion to the region. */
#include "pool.h"

#ifdef POOL_CHECK

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

/* Every carved block is either live or on the free list, once. */
static int check_span(uint32_t head, uint64_t *used) {
    struct PoolPage *span = &POOL_PAGES[head];
    struct PoolClass *class = &POOL_STATE->classes[POOL_TAG_CLASS(span->tag)];
    uint32_t first = (head << POOL_PAGE_SHIFT) + POOL_FIRST, at, live = 0, free = 0, page;
    const struct AllocHeader *header;

    for (page = 0; page < span->pages; page++)
        EXPECT(span[page].tag == POOL_SPAN_TAG(class->index, page));
    EXPECT(span->carved % class->stride == 0);
    EXPECT(span->carved <= (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER));
    for (at = first; at < first + span->carved; at += class->stride) {
        header = POOL_HEADER_AT(at);
        EXPECT(POOL_HEADER_INTACT(header, at));
        EXPECT(header->magic == POOL_MAGIC_LIVE || header->magic == POOL_MAGIC_FREE);
        if (header->magic == POOL_MAGIC_LIVE) {
            EXPECT(header->size <= class->max_size);
            live++;
        } else {
            free++;
        }
    }
    EXPECT(live == span->used);
    for (at = span->free; at != 0; at = POOL_HEADER_AT(at)->size) {
        EXPECT(at >= first && at < first + span->carved && (at - first) % class->stride == 0);
        EXPECT(POOL_HEADER_AT(at)->magic == POOL_MAGIC_FREE);
        EXPECT(free-- != 0);
    }
    EXPECT(free == 0);
    EXPECT(span->prev != POOL_NOT_LISTED ||
           (span->free == 0 && span->carved + class->stride >
                                   (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER)));
    *used += (uint64_t)live * class->stride;
    return 0;
}

static int check_free(uint32_t head) {
    struct PoolPage *run = &POOL_PAGES[head];
    uint32_t page;

    EXPECT(run[run->pages - 1].tag == POOL_KIND_FREE);
    EXPECT(run[run->pages - 1].pages == run->pages);
    for (page = 1; page + 1 < run->pages; page++)
        EXPECT(run[page].tag == POOL_KIND_NONE);
    EXPECT(run[-1].tag != POOL_KIND_FREE && run[run->pages].tag != POOL_KIND_FREE);
    EXPECT(run->prev == 0 || POOL_PAGES[run->prev].next == head);
    return 0;
}

static int check_large(uint32_t head, uint64_t *used) {
    struct PoolPage *run = &POOL_PAGES[head];
    uint32_t offset = (head << POOL_PAGE_SHIFT) + POOL_FIRST, page;

    EXPECT(POOL_HEADER_AT(offset)->magic == POOL_MAGIC_LIVE);
    EXPECT(POOL_HEADER_INTACT(POOL_HEADER_AT(offset), offset));
    EXPECT(POOL_HEADER_AT(offset)->size <= (run->pages << POOL_PAGE_SHIFT) - POOL_FIRST);
    for (page = 1; page < run->pages; page++)
        EXPECT(run[page].tag == POOL_KIND_NONE);
    *used += (uint64_t)run->pages << POOL_PAGE_SHIFT;
    return 0;
}

/* The runs follow one another without gaps up to the top; what is neither free nor a hole is
 * committed. */
static int check_pages(uint64_t *used) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t page, at, runs = 0, holes = 0, status, bin;

    EXPECT(heap->top <= heap->frontier && heap->frontier <= heap->page_count);
    for (page = 1; page < heap->top; page += POOL_PAGES[page].pages) {
        EXPECT(POOL_PAGES[page].pages != 0 && POOL_PAGES[page].pages <= heap->top - page);
        for (at = page; at < page + POOL_PAGES[page].pages; at++) {
            holes += POOL_PAGES[at].flags & POOL_HOLE;
            EXPECT(POOL_PAGES[page].tag == POOL_KIND_FREE || !(POOL_PAGES[at].flags & POOL_HOLE));
        }
        runs += POOL_PAGES[page].tag == POOL_KIND_FREE;
        status = 0;
        if (POOL_PAGES[page].tag == POOL_KIND_FREE)
            status = check_free(page);
        else if (POOL_PAGES[page].tag == POOL_KIND_LARGE)
            status = check_large(page, used);
        else
            EXPECT((POOL_PAGES[page].tag & POOL_KIND_MASK) == POOL_KIND_SPAN);
        if (status != 0)
            return status;
        if ((POOL_PAGES[page].tag & POOL_KIND_MASK) == POOL_KIND_SPAN)
            status = check_span(page, used);
        if (status != 0)
            return status;
    }
    EXPECT(page == heap->top);
    EXPECT(holes == heap->holes);
    EXPECT(heap->committed == heap->frontier - 1 - holes);
    for (bin = 0; bin < POOL_BIN_LIMIT; bin++) {
        EXPECT((heap->bins[bin] != 0) == (heap->bins_used[bin >> 5] >> (bin & 31) & 1));
        for (at = heap->bins[bin]; at != 0; at = POOL_PAGES[at].next) {
            EXPECT(POOL_PAGES[at].tag == POOL_KIND_FREE);
            EXPECT(runs-- != 0);
        }
    }
    EXPECT(runs == 0);
    return 0;
}

static int check_classes(void) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    uint32_t at, before, tag;

    for (; class < end; class += 1) {
        before = 0;
        for (at = class->room; at != 0; at = POOL_PAGES[at].next) {
            tag = POOL_PAGES[at].tag;
            EXPECT(tag == POOL_SPAN_TAG(class->index, 0));
            EXPECT(POOL_PAGES[at].prev == before);
            before = at;
        }
    }
    return 0;
}

/* 0, or the line of the invariant that does not hold. `at_rest`: no other thread is allocating, so
 * that the sums must fit as well. Not for the bump strategy. */
int pool_check(int at_rest) {
    uint64_t used = 0;
    int status;

    pool_lock_all();
    status = check_pages(&used);
    if (status == 0)
        status = check_classes();
    if (status == 0 && at_rest && (used != POOL_STATE->current_used))
        status = __LINE__;
    pool_unlock_all();
    return status;
}

#endif
