/* SPDX-License-Identifier: MIT */
#include "scrap_heap.h"

#include "../pool/internal.h"
#include "crt.h"

#ifdef ORIGINAL_scrap_allocate

static int is_served(void);
static int has_game_form(const void *self);
static void forget(void *self);
static struct ScrapRecord *record_find(const void *self);
static struct ScrapRecord *record_make(void *self);
static void record_drop(struct ScrapRecord *record);
static void *scrap_block(void *self, size_t size, size_t alignment);
static void *fallback_take(void *self, size_t size, size_t alignment);
static void *fallback_find(const void *self, const void *user);
static void outside_free(void *self, void *user);
static void misuse(PoolCounter *kind);

/* ---- construction, destruction ---- */

void *THISCALL_SLOW(scrap_init_fixed)(void *self) {
    forget(self);
    if (!is_served() && ORIGINAL_scrap_init_fixed != 0)
        thiscall_0(ORIGINAL_scrap_init_fixed, self);
    return self;
}

void *THISCALL_SLOW(scrap_init)(void *self, size_t size) {
    forget(self);
    if (!is_served() && ORIGINAL_scrap_init != 0)
        thiscall_1(ORIGINAL_scrap_init, self, size);
    return self;
}

void THISCALL_SLOW(scrap_purge)(void *self) {
    if (has_game_form(self) && ORIGINAL_scrap_purge != 0)
        thiscall_0(ORIGINAL_scrap_purge, self);
    forget(self);
}

/* Memory that the original has allocated for the object is not released. */
static void forget(void *self) {
    struct ScrapRecord *record = record_find(self);
    struct ScrapHeap *heap = self;
    void *fallback;

    if (record != NULL)
        record_drop(record);
    while (POOL_LOAD(POOL_STATE->scrap.fallback_count) != 0 &&
           (fallback = fallback_find(self, NULL)))
        ORIGINAL(CrtFree, free)(fallback);
    memset(heap, 0, sizeof *heap);
    heap->mark = SCRAP_MARK;
}

/* True if the pool can make chunks. With bump it has no page table. */
static int is_served(void) { return POOL_ACTIVE && POOL_CONTROL->strategy == POOL_RECYCLE; }

/* True if the object has the game's own form. */
static int has_game_form(const void *self) {
    return self != NULL && ((const struct ScrapHeap *)self)->mark != SCRAP_MARK;
}

/* ---- blocks ---- */

void *THISCALL_SLOW(scrap_allocate)(void *self, size_t size, size_t alignment) {
    void *user = NULL;
    int served = self != NULL && is_served();

    if (size == 0)
        size = 1; /* a block of its own */
    if (alignment < 16)
        alignment = 16;
    if (served)
        user = scrap_block(self, size, alignment);
    if (user != NULL)
        return user;
    if (served)
        POOL_COUNT(POOL_STATE->events.scrap_fallbacks);
    if (has_game_form(self) && ORIGINAL_scrap_allocate != 0)
        user = (void *)thiscall_2(ORIGINAL_scrap_allocate, self, size, alignment);
    return user != NULL ? user : fallback_take(self, size, alignment);
}

static void *scrap_block(void *self, size_t size, size_t alignment) {
    struct ScrapRecord *record = record_find(self);
    uint32_t index;
    void *user;

    if (record == NULL)
        record = record_make(self);
    if (record == NULL)
        return NULL;
    index = (uint32_t)(record - POOL_SCRAP(0));
    if (POOL_LOAD(record->owner) == POOL_SELF())
        return scrap_line_take(&record->own, SCRAP_LINE_ID(index, 0), size, alignment);
    POOL_LOCK(&record->lock);
    user = scrap_line_take(&record->shared, SCRAP_LINE_ID(index, 1), size, alignment);
    POOL_UNLOCK(&record->lock);
    return user;
}

/* True if a scrap block begins at a pointer into the region; *line_id becomes its line. */
static int block_find(const void *user, uint32_t *line_id) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT;
    uint32_t tag = POOL_LOAD(POOL_PAGES[page].tag), head = page - POOL_TAG_BACK(tag);

    if ((tag & POOL_KIND_MASK) != POOL_KIND_SCRAP || (offset & 15) != 0 ||
        offset - (head << POOL_PAGE_SHIFT) < SCRAP_HEADER)
        return 0;
    *line_id = POOL_LOAD(POOL_PAGES[head].line_id);
    return scrap_is_block(offset - SCRAP_HEADER, POOL_LOAD(POOL_PAGES[head].chunk_key));
}

void THISCALL_SLOW(scrap_free)(void *self, void *user) {
    struct ScrapRecord *record;
    struct ScrapBlock *block;
    uint32_t line_id;

    if (user == NULL)
        return;
    if (!POOL_OWNS(user)) {
        outside_free(self, user);
        return;
    }
    if (!block_find(user, &line_id)) {
        POOL_COUNT(POOL_STATE->events.ignored_frees);
        pool_corrupt(user);
        return;
    }
    block = (struct ScrapBlock *)user - 1;
    if (!pool_swap_if(&block->state, SCRAP_LIVE, SCRAP_FREED)) {
        misuse(POOL_LOAD(block->state) == SCRAP_FREED ? &POOL_STATE->events.double_frees
                                                      : &POOL_STATE->events.corrupt_headers);
        return;
    }
    record = POOL_SCRAP(line_id / 2);
    if (line_id % 2 != 0) {
        POOL_LOCK(&record->lock);
        scrap_line_rewind(&record->shared);
        POOL_UNLOCK(&record->lock);
    } else if (POOL_LOAD(record->owner) == POOL_SELF()) {
        scrap_line_rewind(&record->own);
    }
}

static void misuse(PoolCounter *kind) {
    POOL_COUNT(POOL_STATE->events.ignored_frees);
    POOL_COUNT(*kind);
}

/* A block handed out before the heap was hooked, or while the pool could not serve it. */
static void outside_free(void *self, void *user) {
    void *fallback = NULL;

    if (POOL_LOAD(POOL_STATE->scrap.fallback_count) != 0)
        fallback = fallback_find(NULL, user);
    if (fallback != NULL)
        ORIGINAL(CrtFree, free)(fallback);
    else if (has_game_form(self) && ORIGINAL_scrap_free != 0)
        thiscall_1(ORIGINAL_scrap_free, self, (uintptr_t)user);
    else
        misuse(&POOL_STATE->events.corrupt_headers);
}

/* ---- records ---- */

static uint32_t record_first(const void *self) {
    return ((uint32_t)(uintptr_t)self >> 4) * POOL_HASH_FACTOR >> SCRAP_HASH;
}

static struct ScrapRecord *record_at(const void *self, uint32_t way) {
    return POOL_SCRAP((record_first(self) + way) % SCRAP_RECORDS);
}

static struct ScrapRecord *record_find(const void *self) {
    uint32_t way;

    for (way = 0; way < SCRAP_WAYS; way++)
        if (POOL_ACQUIRE(record_at(self, way)->key) == (uintptr_t)self)
            return record_at(self, way);
    return NULL;
}

/* True if the object belongs to the cache of another thread: the calling one has left its cache and
 * is about to end. It owns nothing. */
static int is_of_other_thread(const void *self) {
    const struct PoolCache *cache = POOL_THREAD_CACHE();

    return (uintptr_t)self - (uintptr_t)POOL_CACHE(0) < POOL_CACHE_COUNT * POOL_CACHE_BYTES &&
           self != (const void *)&cache->scrap;
}

/* A record owned by the calling thread for an object without one; NULL if all its ways are in use.
 */
static struct ScrapRecord *record_make(void *self) {
    struct PoolCache *cache = POOL_THREAD_CACHE();
    struct ScrapRecord *record = NULL;
    uint32_t way;

    POOL_LOCK(&POOL_STATE->scrap.lock);
    record = record_find(self);
    for (way = 0; record == NULL && way < SCRAP_WAYS; way++) {
        if (POOL_LOAD(record_at(self, way)->key) != 0)
            continue;
        record = record_at(self, way);
        POOL_STORE(record->owner, is_of_other_thread(self) ? SCRAP_UNOWNED : POOL_SELF());
        POOL_RELEASE(record->key, (uintptr_t)self);
        if (self == (void *)&cache->scrap)
            cache->scrap_owner = &record->owner;
    }
    POOL_UNLOCK(&POOL_STATE->scrap.lock);
    return record;
}

static void record_drop(struct ScrapRecord *record) {
    struct PoolCache *cache = POOL_THREAD_CACHE();

    scrap_line_drop(&record->own);
    POOL_LOCK(&record->lock);
    scrap_line_drop(&record->shared);
    POOL_UNLOCK(&record->lock);
    if (cache->scrap_owner == &record->owner)
        cache->scrap_owner = NULL;
    POOL_LOCK(&POOL_STATE->scrap.lock);
    POOL_STORE(record->owner, SCRAP_UNOWNED);
    POOL_STORE(record->key, 0);
    POOL_UNLOCK(&POOL_STATE->scrap.lock);
}

/* ---- the calling thread's heap ---- */

static void *current_of(struct PoolCache *cache);

/* The original searches a map under a lock, so each thread calls it once. It may call the
 * constructor, which is hooked. */
void *replace_scrap_current(void) {
    struct PoolCache *cache = pool_cache_enter();
    void *heap = NULL;

    pool_cache_leave(cache);
    if (cache != POOL_CACHE(POOL_CACHE_SHARED) && cache->scrap_current != NULL)
        return cache->scrap_current;
    if (ORIGINAL_scrap_current != 0)
        heap = ((void *(*)(void))ORIGINAL_scrap_current)();
    if (heap == NULL)
        heap = current_of(cache);
    if (cache != POOL_CACHE(POOL_CACHE_SHARED))
        cache->scrap_current = heap;
    return heap;
}

/* The heap of a cache passes to the next owner of the cache. */
static void *current_of(struct PoolCache *cache) {
    struct ScrapRecord *record = record_find(&cache->scrap);

    POOL_STORE(cache->scrap.mark, SCRAP_MARK);
    if (record != NULL && cache != POOL_CACHE(POOL_CACHE_SHARED)) {
        POOL_STORE(record->owner, POOL_SELF());
        cache->scrap_owner = &record->owner;
    }
    return &cache->scrap;
}

/* ---- fallbacks: blocks of the C runtime for heaps without the game's form ---- */

/* At the start of such a block, in front of the bytes of the game. */
struct ScrapFallback {
    struct ScrapFallback *next;
    const void *heap;
    const void *user;
};

static void *fallback_take(void *self, size_t size, size_t alignment) {
    struct ScrapState *state = &POOL_STATE->scrap;
    size_t block_to_free = sizeof(struct ScrapFallback) + alignment + size;
    struct ScrapFallback *fallback = NULL;
    uintptr_t user;

    if (block_to_free > size && block_to_free > alignment && ORIGINAL_malloc != 0)
        fallback = ORIGINAL(CrtAlloc, malloc)(block_to_free);
    if (fallback == NULL)
        return NULL;
    user = ((uintptr_t)(fallback + 1) + alignment - 1) & ~(uintptr_t)(alignment - 1);
    fallback->heap = self;
    fallback->user = (void *)user;
    POOL_LOCK(&state->fallback_lock);
    fallback->next = state->fallbacks;
    state->fallbacks = fallback;
    POOL_STORE(state->fallback_count, state->fallback_count + 1);
    POOL_UNLOCK(&state->fallback_lock);
    return (void *)user;
}

/* Unlinks the fallback with those user bytes or, for NULL, any of that heap. Returns what to free.
 */
static void *fallback_find(const void *self, const void *user) {
    struct ScrapState *state = &POOL_STATE->scrap;
    struct ScrapFallback **link, *fallback;

    POOL_LOCK(&state->fallback_lock);
    for (link = &state->fallbacks; (fallback = *link) != NULL; link = &fallback->next)
        if (user != NULL ? fallback->user == user : fallback->heap == self)
            break;
    if (fallback != NULL) {
        *link = fallback->next;
        POOL_STORE(state->fallback_count, state->fallback_count - 1);
    }
    POOL_UNLOCK(&state->fallback_lock);
    return fallback;
}

#endif
