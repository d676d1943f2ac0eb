/* SPDX-License-Identifier: MIT */
/* The quarantine: a queue of freed blocks, of which the oldest are released when it is full. It
 * delays reuse for programs that read freed memory. Off unless configured; one lock. */
#include "internal.h"

static void *quarantine_pop(uint32_t *bytes, struct PoolClass **class);
static void quarantine_release(void *user, struct PoolClass *class);

void pool_quarantine_put(void *user, uint32_t bytes, struct PoolClass *class) {
    struct PoolQuarantine *quarantine = &POOL_STATE->quarantine;
    uint32_t key = class != NULL ? class->class_key : POOL_KEY_LARGE;
    void *last;

    POOL_LOCK(&quarantine->lock);
    pool_header_write(user, 0, key, POOL_MAGIC_FREE);
    if (quarantine->first == 0) {
        quarantine->first = POOL_OFFSET(user);
    } else {
        last = POOL_AT(quarantine->last);
        key = POOL_KEY_OF(POOL_HEADER_OF(last), last);
        pool_header_write(last, POOL_OFFSET(user), key, POOL_MAGIC_FREE);
    }
    quarantine->last = POOL_OFFSET(user);
    POOL_STORE(quarantine->bytes, quarantine->bytes + bytes);
    if (class != NULL)
        POOL_STORE(class->quarantined, class->quarantined + 1);
    POOL_UNLOCK(&quarantine->lock);
    if (POOL_LOAD(quarantine->bytes) > POOL_CONTROL->quarantine_bytes)
        pool_quarantine_drain((uint32_t)POOL_CONTROL->quarantine_bytes);
}

void pool_quarantine_drain(uint32_t keep_bytes) {
    struct PoolQuarantine *quarantine = &POOL_STATE->quarantine;
    struct PoolClass *class;
    uint32_t bytes;
    void *user;

    do {
        user = NULL;
        POOL_LOCK(&quarantine->lock);
        if (quarantine->first != 0 && quarantine->bytes > keep_bytes)
            user = quarantine_pop(&bytes, &class);
        POOL_UNLOCK(&quarantine->lock);
        if (user != NULL)
            quarantine_release(user, class);
    } while (user != NULL);
}

/* Takes the oldest block. If the program has overwritten its header, the link to the others is
 * lost: they leak, and one corrupt header is counted. */
static void *quarantine_pop(uint32_t *bytes, struct PoolClass **class) {
    struct PoolQuarantine *quarantine = &POOL_STATE->quarantine;
    uint32_t page = quarantine->first >> POOL_PAGE_SHIFT, tag = POOL_LOAD(POOL_PAGES[page].tag),
             key;
    void *user = POOL_AT(quarantine->first);
    struct AllocHeader *header = POOL_HEADER_OF(user);

    *class = NULL;
    *bytes = POOL_PAGES[page].pages << POOL_PAGE_SHIFT;
    key = POOL_KEY_LARGE;
    if ((tag & POOL_KIND_MASK) == POOL_KIND_SPAN) {
        *class = &POOL_STATE->classes[POOL_TAG_CLASS(tag)];
        *bytes = (*class)->stride;
        key = (*class)->class_key;
    }
    if (header->magic != POOL_MAGIC_FREE || POOL_KEY_OF(header, user) != key) {
        POOL_COUNT(POOL_STATE->events.corrupt_headers);
        header->size = 0;
    }
    POOL_STORE(quarantine->bytes, header->size != 0 ? quarantine->bytes - *bytes : 0);
    quarantine->first = header->size;
    if (*class != NULL)
        POOL_STORE((*class)->quarantined, (*class)->quarantined - 1);
    return user;
}

static void quarantine_release(void *user, struct PoolClass *class) {
    uint32_t head = POOL_OFFSET(user) >> POOL_PAGE_SHIFT, bytes;
    struct PoolPageHeap *heap;

    if (class != NULL) {
        pool_cache_give(user, class);
        return;
    }
    heap = pool_heap_of(head);
    POOL_LOCK(&heap->lock);
    bytes = POOL_PAGES[head].pages << POOL_PAGE_SHIFT;
    pool_large_release(heap, head);
    POOL_UNLOCK(&heap->lock);
    pool_usage_sub(bytes);
}
