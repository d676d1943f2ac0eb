/* SPDX-License-Identifier: MIT */
#include "crt.h"
#include "scrap_calls.h"
#include "scrap_chunk.h"

#ifdef ORIGINAL_scrap_allocate

static int is_served(void);
static int is_theirs(const void *self);
static void forget(void *self);
static struct ScrapRecord *record_find(const void *self);
static struct ScrapRecord *record_make(void *self);
static void record_drop(struct ScrapRecord *record);
static void *scrap_block(void *self, size_t size, size_t alignment);
static void *stray_take(void *self, size_t size, size_t alignment);
static void *stray_find(const void *self, const void *user);
static void outside_free(void *self, void *user);
static void misuse(PoolCounter *kind);

/* ---- construction, destruction ---- */

void *ENGINE_COLD(scrap_init_fixed)(void *self) {
    forget(self);
    if (!is_served() && ORIGINAL_scrap_init_fixed != 0)
        engine_call_0(ORIGINAL_scrap_init_fixed, self);
    return self;
}

void *ENGINE_COLD(scrap_init)(void *self, size_t size) {
    forget(self);
    if (!is_served() && ORIGINAL_scrap_init != 0)
        engine_call_1(ORIGINAL_scrap_init, self, size);
    return self;
}

void ENGINE_COLD(scrap_purge)(void *self) {
    if (is_theirs(self) && ORIGINAL_scrap_purge != 0)
        engine_call_0(ORIGINAL_scrap_purge, self);
    forget(self);
}

/* What the original has allocated for the object is not given back. */
static void forget(void *self) {
    struct ScrapRecord *record = record_find(self);
    struct ScrapHeap *heap = self;
    void *stray;

    if (record != NULL)
        record_drop(record);
    while (POOL_LOAD(POOL_STATE->scrap.stray_count) != 0 && (stray = stray_find(self, NULL)))
        ORIGINAL(CrtFree, free)(stray);
    memset(heap, 0, sizeof *heap);
    heap->mark = SCRAP_MARK;
}

/* Whether the pool has chunks to give at all. With bump it has no page table. */
static int is_served(void) { return POOL_ACTIVE && POOL_CONTROL->strategy == POOL_RECYCLE; }

/* Whether the object has the game's own form. */
static int is_theirs(const void *self) {
    return self != NULL && ((const struct ScrapHeap *)self)->mark != SCRAP_MARK;
}

/* ---- blocks ---- */

void *ENGINE_COLD(scrap_allocate)(void *self, size_t size, size_t alignment) {
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
    if (is_theirs(self) && ORIGINAL_scrap_allocate != 0)
        user = (void *)engine_call_2(ORIGINAL_scrap_allocate, self, size, alignment);
    return user != NULL ? user : stray_take(self, size, alignment);
}

static void *scrap_block(void *self, size_t size, size_t alignment) {
    struct ScrapRecord *record = record_find(self);
    uint32_t place;
    void *user;

    if (record == NULL)
        record = record_make(self);
    if (record == NULL)
        return NULL;
    place = (uint32_t)(record - POOL_SCRAP(0));
    if (POOL_LOAD(record->owner) == POOL_SELF())
        return scrap_line_take(&record->own, SCRAP_PLACE(place, 0), size, alignment);
    POOL_LOCK(&record->lock);
    user = scrap_line_take(&record->visitors, SCRAP_PLACE(place, 1), size, alignment);
    POOL_UNLOCK(&record->lock);
    return user;
}

/* The place of the chunk that a pointer into the region is in, and whether a block begins there. */
static int block_find(const void *user, uint32_t *place) {
    uint32_t offset = POOL_OFFSET(user), page = offset >> POOL_PAGE_SHIFT;
    uint32_t tag = POOL_LOAD(POOL_PAGES[page].tag), head = page - POOL_TAG_BACK(tag);

    if ((tag & POOL_KIND_MASK) != POOL_KIND_SCRAP || (offset & 15) != 0 ||
        offset - (head << POOL_PAGE_SHIFT) < SCRAP_HEADER)
        return 0;
    *place = POOL_LOAD(POOL_PAGES[head].out);
    return scrap_is_block(offset - SCRAP_HEADER, POOL_LOAD(POOL_PAGES[head].reserved));
}

void ENGINE_COLD(scrap_free)(void *self, void *user) {
    struct ScrapRecord *record;
    struct ScrapBlock *block;
    uint32_t place;

    if (user == NULL)
        return;
    if (!POOL_OWNS(user)) {
        outside_free(self, user);
        return;
    }
    if (!block_find(user, &place)) {
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
    record = POOL_SCRAP(place / 2);
    if (place % 2 != 0) {
        POOL_LOCK(&record->lock);
        scrap_line_rewind(&record->visitors);
        POOL_UNLOCK(&record->lock);
    } else if (POOL_LOAD(record->owner) == POOL_SELF()) {
        scrap_line_rewind(&record->own);
    }
}

static void misuse(PoolCounter *kind) {
    POOL_COUNT(POOL_STATE->events.ignored_frees);
    POOL_COUNT(*kind);
}

/* What a heap handed out before it was hooked, or while the pool could not serve. */
static void outside_free(void *self, void *user) {
    void *stray = NULL;

    if (POOL_LOAD(POOL_STATE->scrap.stray_count) != 0)
        stray = stray_find(NULL, user);
    if (stray != NULL)
        ORIGINAL(CrtFree, free)(stray);
    else if (is_theirs(self) && ORIGINAL_scrap_free != 0)
        engine_call_1(ORIGINAL_scrap_free, self, (uintptr_t)user);
    else
        misuse(&POOL_STATE->events.corrupt_headers);
}

/* ---- records ---- */

static uint32_t record_first(const void *self) {
    return ((uint32_t)(uintptr_t)self >> 4) * POOL_CODE_FACTOR >> SCRAP_HASH;
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

/* Whether the object is that of a thread which is not the calling one: of one that has left its
 * cache to another, and is about to end. It owns nothing. */
static int is_anothers(const void *self) {
    const struct PoolCache *cache = POOL_SLOT_CACHE(pool_os_slot());

    return (uintptr_t)self - (uintptr_t)POOL_CACHE(0) < POOL_CACHE_COUNT * POOL_CACHE_BYTES &&
           self != (const void *)&cache->scrap;
}

/* Of the calling thread, for an object that has none; NULL when its ways are all taken. */
static struct ScrapRecord *record_make(void *self) {
    struct PoolCache *cache = POOL_SLOT_CACHE(pool_os_slot());
    struct ScrapRecord *record = NULL;
    uint32_t way;

    POOL_LOCK(&POOL_STATE->scrap.lock);
    record = record_find(self);
    for (way = 0; record == NULL && way < SCRAP_WAYS; way++) {
        if (POOL_LOAD(record_at(self, way)->key) != 0)
            continue;
        record = record_at(self, way);
        POOL_STORE(record->owner, is_anothers(self) ? SCRAP_NOBODY : POOL_SELF());
        POOL_RELEASE(record->key, (uintptr_t)self);
        if (self == (void *)&cache->scrap)
            cache->scrap_owner = &record->owner;
    }
    POOL_UNLOCK(&POOL_STATE->scrap.lock);
    return record;
}

static void record_drop(struct ScrapRecord *record) {
    struct PoolCache *cache = POOL_SLOT_CACHE(pool_os_slot());

    scrap_line_drop(&record->own);
    POOL_LOCK(&record->lock);
    scrap_line_drop(&record->visitors);
    POOL_UNLOCK(&record->lock);
    if (cache->scrap_owner == &record->owner)
        cache->scrap_owner = NULL;
    POOL_LOCK(&POOL_STATE->scrap.lock);
    POOL_STORE(record->owner, SCRAP_NOBODY);
    POOL_STORE(record->key, 0);
    POOL_UNLOCK(&POOL_STATE->scrap.lock);
}

/* ---- the calling thread's heap ---- */

static void *current_of(struct PoolCache *cache);

/* The game's own way goes through a map under a lock; a thread goes it once. The original may call
 * the constructor, which is ours. */
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

/* That of a cache goes on with the thread that has the cache. */
static void *current_of(struct PoolCache *cache) {
    struct ScrapRecord *record = record_find(&cache->scrap);

    POOL_STORE(cache->scrap.mark, SCRAP_MARK);
    if (record != NULL && cache != POOL_CACHE(POOL_CACHE_SHARED)) {
        POOL_STORE(record->owner, POOL_SELF());
        cache->scrap_owner = &record->owner;
    }
    return &cache->scrap;
}

/* ---- strays: blocks of the C runtime for heaps of ours ---- */

/* At the start of such a block, in front of what the game got of it. */
struct ScrapStray {
    struct ScrapStray *next;
    const void *heap;
    const void *user;
};

static void *stray_take(void *self, size_t size, size_t alignment) {
    struct ScrapState *state = &POOL_STATE->scrap;
    size_t whole = sizeof(struct ScrapStray) + alignment + size;
    struct ScrapStray *stray = NULL;
    uintptr_t user;

    if (whole > size && whole > alignment && ORIGINAL_malloc != 0)
        stray = ORIGINAL(CrtAlloc, malloc)(whole);
    if (stray == NULL)
        return NULL;
    user = ((uintptr_t)(stray + 1) + alignment - 1) & ~(uintptr_t)(alignment - 1);
    stray->heap = self;
    stray->user = (void *)user;
    POOL_LOCK(&state->stray_lock);
    stray->next = state->strays;
    state->strays = stray;
    POOL_STORE(state->stray_count, state->stray_count + 1);
    POOL_UNLOCK(&state->stray_lock);
    return (void *)user;
}

/* Takes one off the list: the one at that place or, of NULL, any of that heap. What to free. */
static void *stray_find(const void *self, const void *user) {
    struct ScrapState *state = &POOL_STATE->scrap;
    struct ScrapStray **link, *stray;

    POOL_LOCK(&state->stray_lock);
    for (link = &state->strays; (stray = *link) != NULL; link = &stray->next)
        if (user != NULL ? stray->user == user : stray->heap == self)
            break;
    if (stray != NULL) {
        *link = stray->next;
        POOL_STORE(state->stray_count, state->stray_count - 1);
    }
    POOL_UNLOCK(&state->stray_lock);
    return stray;
}

#endif
