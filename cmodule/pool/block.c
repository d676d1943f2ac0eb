/* SPDX-License-Identifier: MIT */
/* The recycle strategy. The fast path trusts a header that is intact; any other pointer is looked
 * up in the page table, under a lock. */
#include "internal.h"

#define RECLAIM_EVERY 256u

static void *class_alloc(struct PoolClass *class, uint32_t size);
static void block_release(void *user, struct PoolClass *class);
static void reclaim(void);

/* ---- fast path; fast_*.c does the same in fewer instructions ---- */

void *pool_recycle_alloc(size_t size) {
    uint32_t fresh;

    if (size > POOL_SMALL_MAX)
        return pool_large_alloc(size, size, &fresh);
    return class_alloc(pool_class_for(size), (uint32_t)size);
}

void *pool_recycle_alloc_tiny(size_t size) {
    return class_alloc(&POOL_STATE->classes[POOL_TINY_INDEX], (uint32_t)size);
}

static void *class_alloc(struct PoolClass *class, uint32_t size) {
    void *user = pool_cache_take(class, size);

    if (user != NULL)
        return user;
    reclaim();
    return pool_cache_take(class, size);
}

struct PoolClass *pool_class_of_live(const void *user) {
    const struct AllocHeader *header = POOL_HEADER_OF(user);
    uint32_t page_class = POOL_LOAD(POOL_PAGE_CLASSES[POOL_PAGE_OF_HEADER(user)]);
    struct PoolClass *class;

    if (page_class == 0 || !POOL_LOAD(POOL_PAGE_CLASSES[POOL_PAGE_OF_MAGIC(user)]) ||
        ((uintptr_t)user & 7) != 0 || header->magic != POOL_MAGIC_LIVE)
        return NULL;
    class = &POOL_STATE->classes[page_class - 1];
    return POOL_KEY_OF(header, user) == class->class_key ? class : NULL;
}

enum PoolVerdict pool_recycle_free(void *user) {
    struct PoolClass *class = pool_class_of_live(user);

    if (class == NULL)
        return POOL_SLOW;
    block_release(user, class);
    return POOL_OK;
}

static void block_release(void *user, struct PoolClass *class) {
    POOL_HEADER_OF(user)->magic = POOL_MAGIC_FREE;
    if (POOL_CONTROL->quarantine_bytes != 0)
        pool_quarantine_put(user, class->stride, class);
    else
        pool_cache_give(user, class);
}

/* ---- runs ---- */

void *pool_large_alloc(size_t size, size_t capacity, uint32_t *fresh) {
    uint32_t head;

    if (size > POOL_LARGE_MAX)
        return NULL;
    if (capacity < size || capacity > POOL_LARGE_MAX)
        capacity = size;
    head = pool_run_alloc(pool_large_pages(capacity), pool_large_pages(size), (uint32_t)size,
                          POOL_KIND_LARGE, fresh);
    return head != 0 ? pool_large_start(head, (uint32_t)size) : NULL;
}

uint32_t pool_run_alloc(uint32_t pages, uint32_t least, uint32_t size, uint32_t tag,
                        uint32_t *fresh) {
    uint32_t head = pool_run_take(POOL_ARENA_HUGE, pages, size, tag, fresh);

    if (head != 0)
        return head;
    reclaim();
    return pool_run_take(POOL_ARENA_HUGE, least, size, tag, fresh);
}

/* Empties the quarantine, the caches and the spare spans. In a full pool, doing so in vain at every
 * request would cost more than the original's malloc: then only after memory was freed, and once in
 * RECLAIM_EVERY requests. */
static void reclaim(void) {
    struct PoolState *state = POOL_STATE;

    if (POOL_LOAD(state->in_use_bytes) >= POOL_LOAD(state->reclaim_below) &&
        POOL_ADD(state->reclaim_skips, 1) % RECLAIM_EVERY != 0)
        return;
    if (POOL_CONTROL->quarantine_bytes != 0)
        pool_quarantine_drain(0);
    pool_cache_flush();
    pool_span_release_spares();
    POOL_STORE(state->reclaim_below, POOL_LOAD(state->in_use_bytes));
}

/* ---- slow path: any pointer ---- */

/* Reads a header in front of an over-aligned pointer; true if it is one. */
static int inner_read(const void *user, struct InnerHeader *inner) {
    memcpy(inner, (const char *)user - sizeof *inner, sizeof *inner);
    return inner->magic == POOL_MAGIC_INNER;
}

static enum PoolVerdict header_check(const void *user, uint32_t key) {
    const struct AllocHeader *header = POOL_HEADER_OF(user);

    if (header->magic == POOL_MAGIC_FREE)
        return POOL_FREED;
    if (header->magic != POOL_MAGIC_LIVE || POOL_KEY_OF(header, user) != key)
        return POOL_CORRUPT;
    return POOL_OK;
}

/* True if a block begins `inside` bytes behind the first one of its span. */
static int is_block_start(const struct PoolClass *class, uint32_t inside) {
    return (inside & 7) == 0 && (inside >> 3) * class->inverse <= class->inverse - 1;
}

int pool_recycle_may_start(const void *user) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT;
    uint32_t tag = POOL_LOAD(POOL_PAGES[page].tag);
    uint32_t inside = offset - ((page - POOL_TAG_BACK(tag)) << POOL_PAGE_SHIFT) - POOL_FIRST;

    if ((tag & POOL_KIND_MASK) == POOL_KIND_SPAN)
        return is_block_start(&POOL_STATE->classes[POOL_TAG_CLASS(tag)], inside);
    if ((tag & POOL_KIND_MASK) == POOL_KIND_SCRAP)
        return (offset & 15) == 0;
    return tag == POOL_KIND_LARGE && inside == 0;
}

/* Classifies a pointer to anywhere in the region. Reads only committed memory, with the lock that
 * keeps it committed. POOL_OK: *lock is taken, *head is the head and *class the class, NULL if the
 * run is no span. Otherwise no lock is taken. */
static enum PoolVerdict block_lock(const void *user, volatile uint32_t **lock, uint32_t *head,
                                   struct PoolClass **class, struct InnerHeader *inner) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT, tag, inside;
    enum PoolVerdict verdict = POOL_CORRUPT;

    do {
        tag = POOL_LOAD(POOL_PAGES[page].tag);
        *class = NULL;
        *lock = &pool_heap_of(page)->lock;
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
            if (is_block_start(*class, inside))
                verdict = header_check(user, (*class)->class_key);
            else if (inner_read(user, inner))
                verdict = POOL_INNER;
        }
    } else if (tag == POOL_KIND_LARGE && inside == 0) {
        verdict = header_check(user, POOL_KEY_LARGE);
    } else if (offset >= POOL_PAGE_BYTES && POOL_LOAD(POOL_READABLE[offset >> POOL_CHUNK_SHIFT]) &&
               POOL_LOAD(POOL_READABLE[POOL_CHUNK_OF_HEADER(user)])) {
        /* The middle of a large run, or free pages. */
        if (inner_read(user, inner))
            verdict = POOL_INNER;
        else if ((offset & 7) == 0 && POOL_HEADER_OF(user)->magic == POOL_MAGIC_FREE)
            verdict = POOL_FREED;
    }
    if (verdict != POOL_OK)
        POOL_UNLOCK(*lock);
    return verdict;
}

enum PoolVerdict pool_recycle_free_slow(void *user, struct InnerHeader *inner) {
    volatile uint32_t *lock;
    struct PoolClass *class;
    struct PoolPageHeap *heap;
    uint32_t head, bytes;
    enum PoolVerdict verdict = block_lock(user, &lock, &head, &class, inner);

    if (verdict != POOL_OK)
        return verdict;
    if (class != NULL) {
        POOL_UNLOCK(lock);
        block_release(user, class);
        return POOL_OK;
    }
    heap = pool_heap_of(head);
    bytes = POOL_PAGES[head].pages << POOL_PAGE_SHIFT;
    pool_large_retire(heap, user);
    if (POOL_CONTROL->quarantine_bytes == 0)
        pool_large_release(heap, head);
    POOL_UNLOCK(lock);
    if (POOL_CONTROL->quarantine_bytes != 0)
        pool_quarantine_put(user, bytes, NULL);
    else
        pool_usage_sub(bytes);
    return POOL_OK;
}

enum PoolVerdict pool_recycle_size(const void *user, uint32_t *size, struct InnerHeader *inner) {
    volatile uint32_t *lock;
    struct PoolClass *class;
    uint32_t head;
    enum PoolVerdict verdict;

    if (pool_class_of_live(user) != NULL) {
        *size = POOL_HEADER_OF(user)->size;
        return POOL_OK;
    }
    verdict = block_lock(user, &lock, &head, &class, inner);
    if (verdict != POOL_OK)
        return verdict;
    *size = POOL_HEADER_OF(user)->size;
    POOL_UNLOCK(lock);
    return POOL_OK;
}

static enum PoolVerdict large_resize(void *user, size_t size, uint32_t *old, int in_place,
                                     struct InnerHeader *inner) {
    volatile uint32_t *lock;
    struct PoolClass *class;
    struct PoolPageHeap *heap;
    uint32_t head, have = 0, now = 0;
    enum PoolVerdict verdict = block_lock(user, &lock, &head, &class, inner);

    if (verdict != POOL_OK)
        return verdict;
    *old = POOL_HEADER_OF(user)->size;
    verdict = POOL_MOVE;
    heap = pool_heap_of(head);
    have = now = POOL_PAGES[head].pages;
    if (class == NULL && size <= POOL_LARGE_MAX &&
        (in_place || size > POOL_SMALL_MAX || size >= *old) &&
        pool_large_resize(heap, head, *old, (uint32_t)size)) {
        now = POOL_PAGES[head].pages;
        pool_header_write(user, (uint32_t)size, POOL_KEY_LARGE, POOL_MAGIC_LIVE);
        verdict = POOL_OK;
    }
    POOL_UNLOCK(lock);
    if (now > have)
        pool_usage_add((now - have) << POOL_PAGE_SHIFT);
    else if (now < have)
        pool_usage_sub((have - now) << POOL_PAGE_SHIFT);
    return verdict;
}

enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int in_place,
                                     struct InnerHeader *inner) {
    struct PoolClass *class = pool_class_of_live(user);

    if (class == NULL)
        return large_resize(user, size, old, in_place, inner);
    *old = POOL_HEADER_OF(user)->size;
    if (!pool_fits_in_place(class, size, *old, in_place))
        return POOL_MOVE;
    pool_header_write(user, (uint32_t)size, class->class_key, POOL_MAGIC_LIVE);
    return POOL_OK;
}
