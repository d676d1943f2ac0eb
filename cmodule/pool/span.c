/* SPDX-License-Identifier: MIT */
/* Spans: the caches take blocks of a class from them, and return them, in batches. The link in a
 * free block's header is the only part that an overrun of the program can reach, so it is checked
 * before it is followed. */
#include "internal.h"

static uint32_t span_pop(struct PoolClass *class, struct PoolPage *span, void **slots,
                         uint32_t count);
static uint32_t span_carve(struct PoolClass *class, uint32_t head, void **slots, uint32_t count);
static int span_create(struct PoolClass *class);
static void span_settle(struct PoolClass *class, uint32_t head);
static void partial_unlink(struct PoolClass *class, uint32_t head);

/* ---- batches ---- */

uint32_t pool_span_take(struct PoolClass *class, void **slots, uint32_t count) {
    struct PoolPage *span;
    uint32_t taken = 0, got;

    while (taken < count) {
        if (class->partial == 0 && (taken != 0 || !span_create(class)))
            break;
        span = &POOL_PAGES[class->partial];
        /* Filled from the last slot down, so that the first block is used first. */
        got = span_pop(class, span, slots + (count - taken), count - taken);
        if (got == 0)
            got = span_carve(class, class->partial, slots + (count - taken), count - taken);
        if (got == 0)
            partial_unlink(class, class->partial);
        span->in_use += got;
        taken += got;
    }
    POOL_STORE(class->in_use, class->in_use + taken);
    if (taken != 0 && taken < count)
        memmove(slots, slots + (count - taken), taken * sizeof *slots);
    return taken;
}

void pool_span_give(struct PoolClass *class, void **slots, uint32_t count) {
    struct AllocHeader *header;
    struct PoolPage *span;
    uint32_t page, head;

    POOL_STORE(class->in_use, class->in_use - count);
    for (; count != 0; count--, slots++) {
        header = POOL_HEADER_OF(*slots);
        page = POOL_OFFSET(*slots) >> POOL_PAGE_SHIFT;
        head = page - POOL_TAG_BACK(POOL_LOAD(POOL_PAGES[page].tag));
        span = &POOL_PAGES[head];
        header->size = span->free;
        header->tag = POOL_TAG(span->free, *slots, class->class_key);
        header->magic = POOL_MAGIC_FREE;
        span->free = POOL_OFFSET(*slots);
        if (--span->in_use == 0 || span->prev == POOL_NOT_LISTED)
            span_settle(class, head);
    }
}

/* Moves free blocks of the span into the slots below `end`; returns how many. If the program has
 * overwritten a header, the blocks linked behind it are lost until the span is empty. */
static uint32_t span_pop(struct PoolClass *class, struct PoolPage *span, void **end,
                         uint32_t count) {
    uint32_t offset = span->free, got = 0;
    struct AllocHeader *header;

    while (offset != 0 && got < count) {
        header = POOL_HEADER_AT(offset);
        *--end = POOL_AT(offset);
        got++;
        if (header->magic != POOL_MAGIC_FREE || POOL_KEY_OF(header, *end) != class->class_key) {
            POOL_COUNT(POOL_STATE->events.corrupt_headers);
            offset = 0;
        } else {
            offset = header->size;
        }
    }
    span->free = offset;
    return got;
}

/* The same with blocks that were never used. Their memory is not written. */
static uint32_t span_carve(struct PoolClass *class, uint32_t head, void **end, uint32_t count) {
    struct PoolPage *span = &POOL_PAGES[head];
    uint32_t stride = class->stride;
    uint32_t capacity = (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER);
    uint32_t left = (capacity - span->carved) / stride;
    char *user = POOL_AT(((uintptr_t)head << POOL_PAGE_SHIFT) + POOL_FIRST + span->carved);
    void **slots;

    if (count > left)
        count = left;
    for (slots = end - count; end != slots; user += stride)
        *--end = user;
    span->carved += count * stride;
    return count;
}

/* ---- partial spans ---- */

/* A new span, listed as the first partial one: of the usual length, else just long enough. */
static int span_create(struct PoolClass *class) {
    uint32_t tag = POOL_SPAN_TAG(class->index, 0), pages = class->span_pages, least, head, fresh;

    head = pool_run_take(class->arena, pages, 0, tag, &fresh);
    if (head == 0) {
        least = (class->stride + POOL_FIRST + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT;
        if (least < pages)
            head = pool_run_take(class->arena, least, 0, tag, &fresh);
    }
    if (head == 0)
        return 0;
    POOL_PAGES[head].free = 0;
    POOL_PAGES[head].carved = 0;
    POOL_PAGES[head].in_use = 0;
    POOL_PAGES[head].prev = 0;
    POOL_PAGES[head].next = class->partial;
    if (class->partial != 0)
        POOL_PAGES[class->partial].prev = head;
    class->partial = head;
    return 1;
}

static void span_release(struct PoolClass *class, uint32_t head) {
    struct PoolPageHeap *heap = pool_heap_of(head);
    uint32_t pages = POOL_PAGES[head].pages, page;

    if (POOL_PAGES[head].prev != POOL_NOT_LISTED)
        partial_unlink(class, head);
    POOL_LOCK(&heap->lock);
    for (page = head; page < head + pages; page++)
        pool_page_tag(page, POOL_KIND_NONE);
    pool_run_give(heap, head, pages);
    POOL_UNLOCK(&heap->lock);
}

static void partial_unlink(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head];

    if (span->prev != 0)
        POOL_PAGES[span->prev].next = span->next;
    else
        class->partial = span->next;
    if (span->next != 0)
        POOL_PAGES[span->next].prev = span->prev;
    span->prev = POOL_NOT_LISTED;
}

/* Inserts behind the first, so that a span is used up before the next one is touched. */
static void partial_link(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head], *first = &POOL_PAGES[class->partial];

    if (class->partial == 0) {
        class->partial = head;
        span->prev = 0;
        span->next = 0;
        return;
    }
    span->prev = class->partial;
    span->next = first->next;
    if (first->next != 0)
        POOL_PAGES[first->next].prev = head;
    first->next = head;
}

/* After a block was returned to a span that is now empty, or that was full. Each class retains one
 * empty span. */
static void span_settle(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head];

    if (span->prev == POOL_NOT_LISTED)
        partial_link(class, head);
    if (span->in_use != 0 || class->spare == head)
        return;
    if (class->spare != 0 && POOL_PAGES[class->spare].in_use == 0)
        span_release(class, head);
    else
        class->spare = head;
}

void pool_span_release_spares(void) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;

    for (; class < end; class += 1) {
        POOL_LOCK(&class->lock);
        if (class->spare != 0 && POOL_PAGES[class->spare].in_use == 0)
            span_release(class, class->spare);
        class->spare = 0;
        POOL_UNLOCK(&class->lock);
    }
}
