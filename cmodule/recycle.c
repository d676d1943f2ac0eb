/* SPDX-License-Identifier: MIT */
/* The default strategy: size classes cut from spans, large blocks as runs of their own. */
#include "pool.h"

static uint32_t class_refill(struct PoolClass *class);
static void span_settle(struct PoolClass *class, uint32_t head);

/* ---- the two fast paths: no call, no loop, one locked instruction for the class and one for the
 * bytes in use ---- */

void *pool_recycle_alloc(size_t size) {
    struct PoolClass *class;
    struct PoolPage *span;
    struct AllocHeader *header;
    uint32_t offset;

    if (size > POOL_SMALL_MAX)
        return pool_recycle_alloc_large(size, &offset);
    class = &POOL_STATE->classes[POOL_STATE->class_of[(size + POOL_HEADER + 15) >> 4]];
    POOL_LOCK(&class->lock);
    span = &POOL_PAGES[class->room];
    offset = span->free;
    if (offset != 0) {
        header = POOL_HEADER_AT(offset);
        if (header->magic != POOL_MAGIC_FREE || !POOL_HEADER_INTACT(header, offset)) {
            header->size = 0; /* overrun by its neighbour: the blocks behind it are lost */
            POOL_COUNT(POOL_STATE->events.corrupt_headers);
        }
        span->free = header->size;
    } else {
        offset = class_refill(class);
        if (offset == 0) {
            POOL_UNLOCK(&class->lock);
            return NULL;
        }
        header = POOL_HEADER_AT(offset);
        span = &POOL_PAGES[class->room];
    }
    span->used++;
    class->allocs++;
    header->size = (uint32_t)size;
    header->tag = POOL_TAG((uint32_t)size, offset);
    header->magic = POOL_MAGIC_LIVE;
    POOL_UNLOCK(&class->lock);
    POOL_USED_MORE(class->stride);
    return (char *)header + POOL_HEADER;
}

enum PoolVerdict pool_recycle_free(void *user) {
    uint32_t offset = POOL_OFFSET(user), inside, tag, head;
    struct PoolClass *class;
    struct PoolPage *span;
    struct AllocHeader *header;

    head = offset >> POOL_PAGE_SHIFT;
    tag = POOL_LOAD(POOL_PAGES[head].tag);
    if ((tag & POOL_KIND_MASK) != POOL_KIND_SPAN)
        return POOL_MOVE;
    class = &POOL_STATE->classes[POOL_TAG_CLASS(tag)];
    POOL_LOCK(&class->lock);
    if (POOL_LOAD(POOL_PAGES[head].tag) != tag)
        goto slow;
    head -= POOL_TAG_BACK(tag);
    span = &POOL_PAGES[head];
    inside = offset - (head << POOL_PAGE_SHIFT) - POOL_FIRST;
    header = POOL_HEADER_AT(offset);
    if (inside >= span->carved || (inside & 15) != 0 ||
        (inside >> 4) * class->inverse > class->inverse - 1 || header->magic != POOL_MAGIC_LIVE ||
        !POOL_HEADER_INTACT(header, offset))
        goto slow;
    header->size = span->free;
    header->tag = POOL_TAG(span->free, offset);
    header->magic = POOL_MAGIC_FREE;
    span->free = offset;
    class->frees++;
    if (--span->used == 0 || span->prev == POOL_NOT_LISTED)
        span_settle(class, head);
    POOL_UNLOCK(&class->lock);
    POOL_USED_LESS(class->stride);
    return POOL_OK;
slow:
    POOL_UNLOCK(&class->lock);
    return POOL_MOVE;
}

/* ---- spans; all with the class lock ---- */

static void room_unlink(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head];

    if (span->prev != 0)
        POOL_PAGES[span->prev].next = span->next;
    else
        class->room = span->next;
    if (span->next != 0)
        POOL_PAGES[span->next].prev = span->prev;
    span->prev = POOL_NOT_LISTED;
}

/* Behind the first: the span in use is used up before the next one is touched. */
static void room_link(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head], *first = &POOL_PAGES[class->room];

    if (class->room == 0) {
        class->room = head;
        span->prev = 0;
        span->next = 0;
        return;
    }
    span->prev = class->room;
    span->next = first->next;
    if (first->next != 0)
        POOL_PAGES[first->next].prev = head;
    first->next = head;
}

/* A new span, listed as the first with room: of the usual length, else just long enough. */
static int span_create(struct PoolClass *class) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t pages = class->span_pages, head, fresh, page;

    POOL_LOCK(&heap->lock);
    head = pool_pages_take(pages, &fresh);
    if (head == 0) {
        pages = (class->stride + POOL_FIRST + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT;
        if (pages < class->span_pages)
            head = pool_pages_take(pages, &fresh);
    }
    for (page = 0; head != 0 && page < pages; page++)
        POOL_STORE(POOL_PAGES[head + page].tag, POOL_SPAN_TAG(class->index, page));
    POOL_UNLOCK(&heap->lock);
    if (head == 0)
        return 0;
    POOL_PAGES[head].free = 0;
    POOL_PAGES[head].carved = 0;
    POOL_PAGES[head].used = 0;
    POOL_PAGES[head].prev = 0;
    POOL_PAGES[head].next = class->room;
    if (class->room != 0)
        POOL_PAGES[class->room].prev = head;
    class->room = head;
    return 1;
}

static void span_release(struct PoolClass *class, uint32_t head) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t pages = POOL_PAGES[head].pages, page;

    if (POOL_PAGES[head].prev != POOL_NOT_LISTED)
        room_unlink(class, head);
    POOL_LOCK(&heap->lock);
    for (page = head; page < head + pages; page++)
        POOL_STORE(POOL_PAGES[page].tag, POOL_KIND_NONE);
    pool_pages_give(head, pages);
    POOL_UNLOCK(&heap->lock);
}

/* The offset of a block of the class that is in no list, in class->room, or 0. */
static uint32_t class_take(struct PoolClass *class) {
    struct PoolPage *span;
    uint32_t head, offset;

    while ((head = class->room) != 0) {
        span = &POOL_PAGES[head];
        offset = span->free;
        if (offset != 0) {
            span->free = POOL_HEADER_AT(offset)->size;
            if (POOL_HEADER_AT(offset)->magic != POOL_MAGIC_FREE ||
                !POOL_HEADER_INTACT(POOL_HEADER_AT(offset), offset)) {
                span->free = 0;
                POOL_COUNT(POOL_STATE->events.corrupt_headers);
            }
            return offset;
        }
        if (span->carved + class->stride <=
            (span->pages << POOL_PAGE_SHIFT) - (POOL_FIRST - POOL_HEADER)) {
            offset = (head << POOL_PAGE_SHIFT) + POOL_FIRST + span->carved;
            span->carved += class->stride;
            return offset;
        }
        room_unlink(class, head);
    }
    return 0;
}

/* What the fast path does not have at hand. Drops the lock while other classes give up spans. */
static uint32_t class_refill(struct PoolClass *class) {
    uint32_t offset = class_take(class);

    if (offset != 0)
        return offset;
    if (!span_create(class)) {
        POOL_UNLOCK(&class->lock);
        pool_recycle_release_spares();
        POOL_LOCK(&class->lock);
        offset = class_take(class);
        if (offset != 0)
            return offset;
        if (!span_create(class))
            return 0;
    }
    return class_take(class);
}

/* After a free into a span that is now empty, or that had no room before. One empty span stays with
 * its class. */
static void span_settle(struct PoolClass *class, uint32_t head) {
    struct PoolPage *span = &POOL_PAGES[head];

    if (span->prev == POOL_NOT_LISTED)
        room_link(class, head);
    if (span->used != 0 || class->spare == head)
        return;
    if (class->spare != 0 && POOL_PAGES[class->spare].used == 0)
        span_release(class, head);
    else
        class->spare = head;
}

void pool_recycle_release_spares(void) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;

    for (; class < end; class += 1) {
        POOL_LOCK(&class->lock);
        if (class->spare != 0 && POOL_PAGES[class->spare].used == 0)
            span_release(class, class->spare);
        class->spare = 0;
        POOL_UNLOCK(&class->lock);
    }
}

/* ---- large blocks ---- */

static uint32_t large_pages(size_t size) {
    return (uint32_t)((size + POOL_FIRST + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT);
}

static void header_write(struct AllocHeader *header, uint32_t size, uint32_t offset) {
    header->size = size;
    header->tag = POOL_TAG(size, offset);
    header->magic = POOL_MAGIC_LIVE;
}

void *pool_recycle_alloc_large(size_t size, uint32_t *fresh) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t pages, head, row, tries, offset = 0;

    if (size > POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES)
        return NULL;
    pages = large_pages(size);
    row = pool_large_row((uint32_t)size);
    for (tries = 0; tries < 2 && offset == 0; tries++) {
        if (tries != 0)
            pool_recycle_release_spares();
        POOL_LOCK(&heap->lock);
        head = pool_pages_take(pages, fresh);
        if (head != 0) {
            offset = (head << POOL_PAGE_SHIFT) + POOL_FIRST;
            header_write(POOL_HEADER_AT(offset), (uint32_t)size, offset);
            POOL_STORE(POOL_PAGES[head].tag, POOL_KIND_LARGE);
            heap->allocs++;
            heap->rows[row].live++;
            heap->rows[row].total++;
        }
        POOL_UNLOCK(&heap->lock);
    }
    if (offset == 0)
        return NULL;
    POOL_USED_MORE(pages << POOL_PAGE_SHIFT);
    return POOL_AT(offset);
}

/* ---- any pointer ---- */

/* Reads the header in front of an over-aligned pointer; whether it is one. */
static int inner_read(const void *user, struct InnerHeader *inner) {
    memcpy(inner, (const char *)user - sizeof *inner, sizeof *inner);
    return inner->magic == POOL_MAGIC_INNER;
}

static enum PoolVerdict header_judge(const struct AllocHeader *header, uint32_t offset) {
    if (!POOL_HEADER_INTACT(header, offset))
        return POOL_CORRUPT;
    if (header->magic == POOL_MAGIC_FREE)
        return POOL_FREED;
    return header->magic == POOL_MAGIC_LIVE ? POOL_OK : POOL_CORRUPT;
}

/* What is at user, which may point anywhere into the region: reads nothing that is not committed,
 * and nothing without the lock that keeps it so. POOL_OK leaves *lock taken, the head in *head and,
 * for a span, its class in *class; any other verdict leaves no lock. */
static enum PoolVerdict block_lock(const void *user, volatile uint32_t **lock, uint32_t *head,
                                   struct PoolClass **class, struct InnerHeader *inner) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT, tag, inside;
    enum PoolVerdict verdict = POOL_CORRUPT;

    do {
        tag = POOL_LOAD(POOL_PAGES[page].tag);
        *class = NULL;
        *lock = &POOL_STATE->heap.lock;
        if ((tag & POOL_KIND_MASK) == POOL_KIND_SPAN) {
            *class = &POOL_STATE->classes[POOL_TAG_CLASS(tag)];
            *lock = &(*class)->lock;
        }
        POOL_LOCK(*lock);
        if (POOL_LOAD(POOL_PAGES[page].tag) == tag)
            break;
        POOL_UNLOCK(*lock);
    } while (1);

    *head = page - POOL_TAG_BACK(tag);
    inside = offset - (*head << POOL_PAGE_SHIFT) - POOL_FIRST;
    if (*class != NULL) {
        if (inside < POOL_PAGES[*head].carved) {
            if ((inside & 15) == 0 && inside % (*class)->stride == 0)
                verdict = header_judge(POOL_HEADER_AT(offset), offset);
            else if (inner_read(user, inner))
                verdict = POOL_INNER;
        }
    } else if (tag == POOL_KIND_LARGE && inside == 0) {
        verdict = header_judge(POOL_HEADER_AT(offset), offset);
    } else if (page != 0 && page < POOL_STATE->heap.top && pool_page_readable(page) &&
               pool_page_readable((offset - POOL_HEADER) >> POOL_PAGE_SHIFT)) {
        /* The middle of a large run, or free pages. */
        if (inner_read(user, inner))
            verdict = POOL_INNER;
        else if ((offset & 15) == 0 && header_judge(POOL_HEADER_AT(offset), offset) == POOL_FREED)
            verdict = POOL_FREED;
    }
    if (verdict != POOL_OK)
        POOL_UNLOCK(*lock);
    return verdict;
}

enum PoolVerdict pool_recycle_free_slow(void *user, struct InnerHeader *inner) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    volatile uint32_t *lock;
    struct PoolClass *class;
    struct AllocHeader *header;
    uint32_t head, pages, offset = POOL_OFFSET(user);
    enum PoolVerdict verdict = block_lock(user, &lock, &head, &class, inner);

    if (verdict != POOL_OK)
        return verdict;
    if (class != NULL) { /* the fast path met a change of its span */
        POOL_UNLOCK(lock);
        return pool_recycle_free(user);
    }
    pages = POOL_PAGES[head].pages;
    header = POOL_HEADER_AT(offset);
    heap->frees++;
    heap->rows[pool_large_row(header->size)].live--;
    header->size = 0;
    header->tag = POOL_TAG(0, offset);
    header->magic = POOL_MAGIC_FREE;
    POOL_STORE(POOL_PAGES[head].tag, POOL_KIND_NONE);
    pool_pages_give(head, pages);
    POOL_UNLOCK(lock);
    POOL_USED_LESS(pages << POOL_PAGE_SHIFT);
    return POOL_OK;
}

enum PoolVerdict pool_recycle_size(const void *user, uint32_t *size, struct InnerHeader *inner) {
    volatile uint32_t *lock;
    struct PoolClass *class;
    uint32_t head;
    enum PoolVerdict verdict = block_lock(user, &lock, &head, &class, inner);

    if (verdict != POOL_OK)
        return verdict;
    *size = POOL_HEADER_AT(POOL_OFFSET(user))->size;
    POOL_UNLOCK(lock);
    return POOL_OK;
}

/* A large block in place, with the page-heap lock: 1 when it has the pages now. */
static int large_resize(uint32_t head, uint32_t pages, uint32_t before, uint32_t after) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t have = POOL_PAGES[head].pages;

    if (pages > have && !pool_pages_extend(head, pages))
        return 0;
    if (pages < have) {
        POOL_PAGES[head].pages = pages;
        pool_pages_give(head + pages, have - pages);
    }
    before = pool_large_row(before);
    after = pool_large_row(after);
    if (before != after) {
        heap->rows[before].live--;
        heap->rows[after].live++;
        heap->rows[after].total++;
    }
    return 1;
}

enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int stay,
                                     struct InnerHeader *inner) {
    volatile uint32_t *lock;
    struct PoolClass *class;
    struct AllocHeader *header;
    uint32_t head, have, pages = 0, offset = POOL_OFFSET(user);
    enum PoolVerdict verdict = block_lock(user, &lock, &head, &class, inner);

    if (verdict != POOL_OK)
        return verdict;
    header = POOL_HEADER_AT(offset);
    *old = header->size;
    have = POOL_PAGES[head].pages;
    verdict = POOL_MOVE;
    if (class != NULL) {
        if (size <= class->max_size &&
            (stay || size >= *old || (size + POOL_HEADER) * 2 > class->stride))
            verdict = POOL_OK;
    } else if (size <= POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES &&
               (stay || size > POOL_SMALL_MAX)) {
        pages = large_pages(size);
        if (large_resize(head, pages, *old, (uint32_t)size))
            verdict = POOL_OK;
    }
    if (verdict == POOL_OK)
        header_write(header, (uint32_t)size, offset);
    POOL_UNLOCK(lock);
    if (verdict == POOL_OK && class == NULL) {
        if (pages > have)
            POOL_USED_MORE((pages - have) << POOL_PAGE_SHIFT);
        else
            POOL_USED_LESS((have - pages) << POOL_PAGE_SHIFT);
    }
    return verdict;
}
