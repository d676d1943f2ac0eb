/* SPDX-License-Identifier: MIT */
/* The recycle strategy as the rest sees it. What a pointer is, its header says, on the short way
 * that good pointers take; for all others the page table decides, under a lock. */
#include "pool.h"

/* Blocks up to here, in bytes, stay where they are, however small they become. The class of 2 KB
 * requests is the last. */
#define STAY_MAX 2128u

#define GATHER_EVERY 256u

static void *class_alloc(struct PoolClass *class, uint32_t size);
static void block_release(void *user, struct PoolClass *class);

/* ---- the short way; hot_*.c does the same in fewer instructions ---- */

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
    pool_recycle_gather();
    return pool_cache_take(class, size);
}

struct PoolClass *pool_class_of_live(const void *user) {
    const struct AllocHeader *header = POOL_HEADER_OF(user);
    uint32_t code, index;

    if (((uintptr_t)user & 7) != 0 || !POOL_LOAD(POOL_READABLE[POOL_CHUNK_OF_HEADER(user)]) ||
        !POOL_LOAD(POOL_READABLE[POOL_CHUNK_OF_MAGIC(user)]) || header->magic != POOL_MAGIC_LIVE)
        return NULL;
    code = POOL_CODE_IN(header, user);
    index = POOL_CODE_INDEX(code);
    if (index >= POOL_STATE->class_count || POOL_STATE->classes[index].code != code)
        return NULL;
    return &POOL_STATE->classes[index];
}

enum PoolVerdict pool_recycle_free(void *user) {
    struct PoolClass *class = pool_class_of_live(user);

    if (class == NULL)
        return POOL_MOVE;
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

uint32_t pool_stay_least(const struct PoolClass *class) {
    return class->max_size <= STAY_MAX ? 1 : class->max_size / 2;
}

int pool_class_keeps(const struct PoolClass *class, size_t size, uint32_t old, int stay) {
    return size <= class->max_size && (stay || size >= old || size >= pool_stay_least(class));
}

void pool_header_write(void *user, uint32_t size, uint32_t code, uint32_t magic) {
    struct AllocHeader *header = POOL_HEADER_OF(user);

    header->size = size;
    header->tag = POOL_TAG(size, user, code);
    header->magic = magic;
}

/* ---- any pointer ---- */

/* Reads the header in front of an over-aligned pointer; whether it is one. */
static int inner_read(const void *user, struct InnerHeader *inner) {
    memcpy(inner, (const char *)user - sizeof *inner, sizeof *inner);
    return inner->magic == POOL_MAGIC_INNER;
}

static enum PoolVerdict header_judge(const void *user, uint32_t code) {
    const struct AllocHeader *header = POOL_HEADER_OF(user);

    if (header->magic == POOL_MAGIC_FREE)
        return POOL_FREED;
    if (header->magic != POOL_MAGIC_LIVE || POOL_CODE_IN(header, user) != code)
        return POOL_CORRUPT;
    return POOL_OK;
}

/* Whether a block of a span begins so many bytes behind its first one. */
static int is_begin(const struct PoolClass *class, uint32_t inside) {
    return (inside & 7) == 0 && (inside >> 3) * class->inverse <= class->inverse - 1;
}

int pool_recycle_may_begin(const void *user) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT;
    uint32_t tag = POOL_LOAD(POOL_PAGES[page].tag);
    uint32_t inside = offset - ((page - POOL_TAG_BACK(tag)) << POOL_PAGE_SHIFT) - POOL_FIRST;

    if ((tag & POOL_KIND_MASK) == POOL_KIND_SPAN)
        return is_begin(&POOL_STATE->classes[POOL_TAG_CLASS(tag)], inside);
    if ((tag & POOL_KIND_MASK) == POOL_KIND_SCRAP)
        return (offset & 15) == 0;
    return tag == POOL_KIND_LARGE && inside == 0;
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
            if (is_begin(*class, inside))
                verdict = header_judge(user, (*class)->code);
            else if (inner_read(user, inner))
                verdict = POOL_INNER;
        }
    } else if (tag == POOL_KIND_LARGE && inside == 0) {
        verdict = header_judge(user, POOL_CODE_LARGE);
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
        pool_out_less(bytes);
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

static enum PoolVerdict large_resize(void *user, size_t size, uint32_t *old, int stay,
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
    if (class == NULL && size <= POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES &&
        (stay || size > POOL_SMALL_MAX || size >= *old) &&
        pool_large_resize(heap, head, *old, (uint32_t)size)) {
        now = POOL_PAGES[head].pages;
        pool_header_write(user, (uint32_t)size, POOL_CODE_LARGE, POOL_MAGIC_LIVE);
        verdict = POOL_OK;
    }
    POOL_UNLOCK(lock);
    if (now > have)
        pool_out_more((now - have) << POOL_PAGE_SHIFT);
    else if (now < have)
        pool_out_less((have - now) << POOL_PAGE_SHIFT);
    return verdict;
}

enum PoolVerdict pool_recycle_resize(void *user, size_t size, uint32_t *old, int stay,
                                     struct InnerHeader *inner) {
    struct PoolClass *class = pool_class_of_live(user);

    if (class == NULL)
        return large_resize(user, size, old, stay, inner);
    *old = POOL_HEADER_OF(user)->size;
    if (!pool_class_keeps(class, size, *old, stay))
        return POOL_MOVE;
    pool_header_write(user, (uint32_t)size, class->code, POOL_MAGIC_LIVE);
    return POOL_OK;
}

/* In a full pool, trying in vain at every request would cost more than the original's malloc: then
 * only once memory has come back, and now and again. */
void pool_recycle_gather(void) {
    struct PoolState *state = POOL_STATE;

    if (POOL_LOAD(state->out_bytes) >= POOL_LOAD(state->gather_look) &&
        POOL_ADD(state->gather_calls, 1) % GATHER_EVERY != 0)
        return;
    if (POOL_CONTROL->quarantine_bytes != 0)
        pool_quarantine_drain(0);
    pool_cache_flush();
    pool_span_release_spares();
    POOL_STORE(state->gather_look, POOL_LOAD(state->out_bytes));
}
