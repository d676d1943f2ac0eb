/* SPDX-License-Identifier: MIT */
/* The quarantine: freed blocks that wait, oldest first, until others have pushed them out. Programs
 * that read what they have freed find it unchanged for longer. Off unless configured; one lock. */
#include "pool.h"

static void *quarantine_pop(uint32_t *bytes, struct PoolClass **class);
static void quarantine_release(void *user, struct PoolClass *class);

void pool_quarantine_put(void *user, uint32_t bytes, struct PoolClass *class) {
    struct PoolQuarantine *quarantine = &POOL_STATE->quarantine;
    uint32_t code = class != NULL ? class->code : POOL_CODE_LARGE;
    void *last;

    POOL_LOCK(&quarantine->lock);
    pool_header_write(user, 0, code, POOL_MAGIC_FREE);
    if (quarantine->first == 0) {
        quarantine->first = POOL_OFFSET(user);
    } else {
        last = POOL_AT(quarantine->last);
        code = POOL_CODE_IN(POOL_HEADER_OF(last), last);
        pool_header_write(last, POOL_OFFSET(user), code, POOL_MAGIC_FREE);
    }
    quarantine->last = POOL_OFFSET(user);
    POOL_STORE(quarantine->bytes, quarantine->bytes + bytes);
    if (class != NULL)
        POOL_STORE(class->held, class->held + 1);
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

/* The oldest block. Where the program overran its header, the way to the others is lost: they stay
 * where they are for good, and are counted. */
static void *quarantine_pop(uint32_t *bytes, struct PoolClass **class) {
    struct PoolQuarantine *quarantine = &POOL_STATE->quarantine;
    uint32_t page = quarantine->first >> POOL_PAGE_SHIFT, tag = POOL_LOAD(POOL_PAGES[page].tag),
             code;
    void *user = POOL_AT(quarantine->first);
    struct AllocHeader *header = POOL_HEADER_OF(user);

    *class = NULL;
    *bytes = POOL_PAGES[page].pages << POOL_PAGE_SHIFT;
    code = POOL_CODE_LARGE;
    if ((tag & POOL_KIND_MASK) == POOL_KIND_SPAN) {
        *class = &POOL_STATE->classes[POOL_TAG_CLASS(tag)];
        *bytes = (*class)->stride;
        code = (*class)->code;
    }
    if (header->magic != POOL_MAGIC_FREE || POOL_CODE_IN(header, user) != code) {
        POOL_COUNT(POOL_STATE->events.corrupt_headers);
        header->size = 0;
    }
    POOL_STORE(quarantine->bytes, header->size != 0 ? quarantine->bytes - *bytes : 0);
    quarantine->first = header->size;
    if (*class != NULL)
        POOL_STORE((*class)->held, (*class)->held - 1);
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
    pool_out_less(bytes);
}
