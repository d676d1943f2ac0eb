/* SPDX-License-Identifier: MIT */
/* Checks the invariants of docs/memory-layout.md by walking all structures. For tests: holds all
 * locks, and takes time in proportion to the region. Threads that only use their caches go on, so
 * what depends on the caches is checked only at rest. */
#include "internal.h"

#ifdef POOL_CHECK

#include <stdlib.h>

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

/* Sets cached[offset / 8] to 1 for each block in a cache. */
static int check_cached(uint8_t *cached) {
    uint32_t index, at, level, offset;
    struct PoolClass *class;
    struct PoolMagazine *magazine;
    void **slot;

    for (index = 0; index < POOL_STATE->caches_seen; index++) {
        if (!POOL_CACHE(index)->ready)
            continue;
        for (at = 0; at < POOL_STATE->class_count; at++) {
            class = &POOL_STATE->classes[at];
            magazine = &POOL_CACHE(index)->magazines[at];
            slot = magazine->limit - class->capacity;
            EXPECT(slot[-1] == NULL && magazine->top >= slot && magazine->top <= magazine->limit);
            for (level = (uint32_t)(magazine->top - slot); level-- != 0; slot++) {
                offset = POOL_OFFSET(*slot);
                EXPECT(POOL_OWNS(*slot) && (offset & 7) == 0);
                EXPECT(POOL_TAG_CLASS(POOL_PAGES[offset >> POOL_PAGE_SHIFT].tag) == at);
                EXPECT(POOL_HEADER_OF(*slot)->magic != POOL_MAGIC_LIVE);
                EXPECT(!cached[offset >> 3]); /* once */
                cached[offset >> 3] = 1;
            }
        }
    }
    return 0;
}

/* Every carved block is on the free list once, or in use; at rest, one in use is live or cached. */
static int check_span(uint32_t head, const uint8_t *cached, uint64_t *used) {
    struct PoolPage *span = &POOL_PAGES[head];
    struct PoolClass *class = &POOL_STATE->classes[POOL_TAG_CLASS(span->tag)];
    uint32_t first = (head << POOL_PAGE_SHIFT) + POOL_FIRST, key = class->class_key;
    uint32_t at, free = 0, page, live = 0, idle = 0, carved;
    const struct AllocHeader *header;

    for (page = 0; page < span->pages; page++)
        EXPECT(span[page].tag == POOL_SPAN_TAG(class->index, page));
    EXPECT(span->carved % class->stride == 0);
    EXPECT(span->carved <= (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER));
    carved = span->carved / class->stride;
    for (at = span->free; at != 0; at = POOL_HEADER_AT(at)->size) {
        EXPECT(at >= first && at < first + span->carved && (at - first) % class->stride == 0);
        EXPECT(POOL_HEADER_AT(at)->magic == POOL_MAGIC_FREE);
        EXPECT(POOL_KEY_OF(POOL_HEADER_AT(at), POOL_AT(at)) == key);
        EXPECT(free++ < carved);
    }
    EXPECT(carved - free == span->in_use);
    EXPECT(span->prev != POOL_NOT_LISTED ||
           (span->free == 0 && span->carved + class->stride >
                                   (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER)));
    for (at = first; cached != NULL && at < first + span->carved; at += class->stride) {
        header = POOL_HEADER_AT(at);
        idle += cached[at >> 3];
        if (header->magic != POOL_MAGIC_LIVE)
            continue;
        EXPECT(POOL_KEY_OF(header, POOL_AT(at)) == key && header->size <= class->max_size);
        live++;
    }
    if (cached != NULL && POOL_CONTROL->quarantine_bytes == 0)
        EXPECT(live + idle == span->in_use);
    *used += (uint64_t)live * class->stride;
    return 0;
}

static int check_free(struct PoolPageHeap *heap, uint32_t head) {
    struct PoolPage *run = &POOL_PAGES[head];
    uint32_t page;

    EXPECT(run[run->pages - 1].tag == POOL_KIND_FREE);
    EXPECT(run[run->pages - 1].pages == run->pages);
    for (page = 1; page + 1 < run->pages; page++)
        EXPECT(run[page].tag == POOL_KIND_NONE);
    EXPECT(head == heap->first || run[-1].tag != POOL_KIND_FREE);
    EXPECT(head + run->pages == heap->end || run[run->pages].tag != POOL_KIND_FREE);
    EXPECT(run->prev == 0 || POOL_PAGES[run->prev].next == head);
    return 0;
}

static int check_large(uint32_t head, const uint8_t *cached, uint64_t *used) {
    struct PoolPage *run = &POOL_PAGES[head];
    void *user = POOL_AT(((uintptr_t)head << POOL_PAGE_SHIFT) + POOL_FIRST);
    const struct AllocHeader *header = POOL_HEADER_OF(user);
    uint32_t page;

    for (page = 1; page < run->pages; page++)
        EXPECT(run[page].tag == POOL_KIND_NONE);
    if (cached == NULL) /* its header may not be written yet */
        return 0;
    EXPECT(POOL_KEY_OF(header, user) == POOL_KEY_LARGE || POOL_CONTROL->quarantine_bytes != 0);
    if (header->magic != POOL_MAGIC_LIVE) /* in the quarantine, where `size` is a link */
        return 0;
    EXPECT(header->size <= (run->pages << POOL_PAGE_SHIFT) - POOL_FIRST);
    *used += (uint64_t)run->pages << POOL_PAGE_SHIFT;
    return 0;
}

static int check_scrap(uint32_t head, uint64_t *used) {
    struct PoolPage *run = &POOL_PAGES[head];
    uint32_t page;

    for (page = 0; page < run->pages; page++)
        EXPECT(run[page].tag == (POOL_KIND_SCRAP | page << 16));
    EXPECT(run->in_use / 2 < SCRAP_RECORDS);
    *used += (uint64_t)run->pages << POOL_PAGE_SHIFT;
    return 0;
}

static int check_run(struct PoolPageHeap *heap, uint32_t head, const uint8_t *cached,
                     uint64_t *used) {
    switch (POOL_PAGES[head].tag & POOL_KIND_MASK) {
    case POOL_KIND_FREE:
        return check_free(heap, head);
    case POOL_KIND_LARGE:
        return check_large(head, cached, used);
    case POOL_KIND_SPAN:
        return check_span(head, cached, used);
    case POOL_KIND_SCRAP:
        return check_scrap(head, used);
    case POOL_KIND_LOST:
        return 0;
    default:
        return __LINE__;
    }
}

/* What POOL_PAGE_CLASSES has for it. */
static uint32_t class_of_page(uint32_t page) {
    uint32_t tag = POOL_PAGES[page].tag;

    return (tag & POOL_KIND_MASK) == POOL_KIND_SPAN ? POOL_TAG_CLASS(tag) + 1 : 0;
}

/* The runs are adjacent up to the top; those that are not free are committed. */
static int check_pages(struct PoolPageHeap *heap, const uint8_t *cached, uint64_t *used) {
    uint32_t page, at, runs = 0, holes = 0, status, bin, chunk;

    EXPECT(heap->top <= heap->frontier || heap->top <= heap->first);
    EXPECT(heap->frontier <= heap->end || heap->end == 0);
    for (page = heap->first; page < heap->top; page += POOL_PAGES[page].pages) {
        EXPECT(POOL_PAGES[page].pages != 0 && POOL_PAGES[page].pages <= heap->top - page);
        runs += POOL_PAGES[page].tag == POOL_KIND_FREE;
        for (at = page; at < page + POOL_PAGES[page].pages; at++)
            EXPECT(POOL_PAGES[page].tag == POOL_KIND_FREE ||
                   (POOL_PAGES[page].tag == POOL_KIND_LOST) !=
                       POOL_READABLE[at / POOL_CHUNK_PAGES]);
        for (at = page; at < page + POOL_PAGES[page].pages; at++)
            EXPECT(POOL_PAGE_CLASSES[at] == class_of_page(at));
        status = check_run(heap, page, cached, used);
        if (status != 0)
            return status;
    }
    EXPECT(page == heap->top || heap->first >= heap->end);
    chunk = heap->first / POOL_CHUNK_PAGES;
    for (at = chunk; at < heap->frontier / POOL_CHUNK_PAGES; at++)
        holes += !POOL_READABLE[at];
    EXPECT(holes == heap->holes);
    EXPECT(heap->frontier <= heap->first ||
           heap->committed == heap->frontier / POOL_CHUNK_PAGES - chunk - holes);
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
        for (at = class->partial; at != 0; at = POOL_PAGES[at].next) {
            tag = POOL_PAGES[at].tag;
            EXPECT(tag == POOL_SPAN_TAG(class->index, 0));
            EXPECT(POOL_PAGES[at].prev == before);
            before = at;
        }
    }
    return 0;
}

int pool_check(int at_rest) {
    uint8_t *cached = at_rest ? calloc(1, POOLNV_REGION_BYTES >> 3) : NULL;
    uint64_t used = 0;
    uint32_t arena;
    int status = 0;

    pool_lock_all();
    if (at_rest)
        status = check_cached(cached);
    for (arena = 0; status == 0 && arena < POOL_ARENAS; arena++)
        status = check_pages(&POOL_STATE->heaps[arena], cached, &used);
    if (status == 0)
        status = check_classes();
    if (status == 0 && at_rest && used != pool_used())
        status = __LINE__;
    pool_unlock_all();
    free(cached);
    return status;
}

#endif
