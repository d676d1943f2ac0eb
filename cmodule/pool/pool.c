/* SPDX-License-Identifier: MIT */
/* Initialisation, dispatch to the strategies, over-aligned blocks. */
#include "internal.h"

#define RETAINED_MAX 0x800000u /* bytes that caches without an owner retain, at most */

int32_t pool_init(void) {
    struct PoolControl *control = POOL_CONTROL;
    struct PoolState *state = POOL_STATE;

    if (state->ready)
        return 0;
    if (control->region_base != (uintptr_t)POOLNV_REGION ||
        control->region_bytes != POOLNV_REGION_BYTES || ((uintptr_t)POOLNV_REGION & 0xFFFF) != 0 ||
        POOLNV_REGION_BYTES > 0xFFFF0000u || POOLNV_REGION_BYTES < POOL_CHUNK_BYTES ||
        POOLNV_REGION_BYTES % POOL_CHUNK_BYTES != 0 || control->strategy > POOL_BUMP ||
        control->metadata_bytes < POOL_METADATA_BYTES)
        return -POOL_EINVAL;
    if (control->quarantine_bytes > POOLNV_REGION_BYTES / 2)
        control->quarantine_bytes =
            POOLNV_REGION_BYTES / 2; /* the region is smaller than requested */
    state->page_count = (uint32_t)(POOLNV_REGION_BYTES >> POOL_PAGE_SHIFT);
    if (pool_classes_init() > POOL_CACHE_BYTES)
        return -POOL_EINVAL;
    pool_page_heaps_init();
    pool_cache_prepare(POOL_CACHE(POOL_CACHE_SHARED), 1);
    pool_cache_prepare(POOL_CACHE(POOL_CACHE_NEW), 0);
    pool_cache_prepare(POOL_CACHE(POOL_CACHE_DEPARTED), 0);
    pool_cache_prepare(POOL_CACHE(POOL_CACHE_DEPOT), 1);
    state->caches_seen = POOL_CACHE_FIRST;
    state->retained_limit =
        POOLNV_REGION_BYTES / 16 < RETAINED_MAX ? (uint32_t)POOLNV_REGION_BYTES / 16 : RETAINED_MAX;
    state->bump_top = POOL_FIRST - POOL_HEADER;
    if (control->prefault_bytes != 0)
        pool_prefault(control->prefault_bytes);
    state->ready = 1;
    pool_set_active(control->active);
    control->bytes = sizeof *control;
    control->version = POOL_CONTROL_VERSION;
    control->self = (uintptr_t)control;
    control->magic = POOL_CONTROL_MAGIC;
    return 0;
}

uint32_t pool_set_active(uint32_t active) {
    POOL_STORE(POOL_CONTROL->active, active != 0);
    pool_route();
    return active != 0;
}

void pool_route(void) {
    struct PoolState *state = POOL_STATE;
    size_t limit = 0;
    int sampled;

    POOL_LOCK(&state->route_lock);
    if (POOL_ACTIVE && POOL_CONTROL->strategy == POOL_RECYCLE)
        limit = POOL_SMALL_MAX + 1;
    sampled = POOL_LOAD(state->sample_interval) != 0;
    POOL_STORE(state->sampled_limit, sampled ? limit : 0);
    POOL_STORE(state->fast_limit, sampled ? 0 : limit);
    POOL_UNLOCK(&state->route_lock);
}

uint64_t pool_reset(void) {
    if (POOL_CONTROL->strategy == POOL_BUMP)
        return 0;
    pool_cache_flush();
    pool_span_release_spares();
    return (uint64_t)pool_pages_trim() << POOL_CHUNK_SHIFT;
}

/* ---- dispatch ---- */

static enum PoolVerdict block_size(const void *user, uint32_t *size, struct InnerHeader *inner) {
    return POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_size(user, size, inner)
                                                  : pool_bump_size(user, size, inner);
}

static enum PoolVerdict block_resize(void *user, size_t size, uint32_t *old, int in_place,
                                     struct InnerHeader *inner) {
    return POOL_CONTROL->strategy == POOL_RECYCLE
               ? pool_recycle_resize(user, size, old, in_place, inner)
               : pool_bump_resize(user, size, old, in_place, inner);
}

/* The block that encloses an over-aligned pointer, and the bytes from there to its end; NULL if the
 * inner header is not genuine. */
static void *inner_block(const void *user, const struct InnerHeader *inner, uint32_t *space) {
    char *outer = (char *)user - inner->distance;
    struct InnerHeader ignored;
    uint32_t size;

    if (inner->distance < POOL_HEADER || inner->distance > POOL_OFFSET(user) ||
        block_size(outer, &size, &ignored) != POOL_OK || inner->distance > size ||
        inner->size > size - inner->distance)
        return NULL;
    *space = size - inner->distance;
    return outer;
}

static int is_interior(const void *user);

enum PoolVerdict pool_corrupt(const void *user) {
    POOL_COUNT(POOL_STATE->events.corrupt_headers);
    if (is_interior(user))
        POOL_COUNT(POOL_STATE->events.interior_frees);
    return POOL_CORRUPT;
}

/* True if no block can begin at `user`, so that nothing is damaged: games free pointers some bytes
 * into a block. At a multiple of 32 there may have been an over-aligned block with a damaged
 * header. */
static int is_interior(const void *user) {
    if ((uintptr_t)user % 32 == 0)
        return 0;
    return POOL_CONTROL->strategy == POOL_RECYCLE ? !pool_recycle_may_start(user)
                                                  : (uintptr_t)user % 16 != 0;
}

enum PoolVerdict pool_probe(const void *user) {
    struct InnerHeader inner;
    uint32_t size;
    enum PoolVerdict verdict = block_size(user, &size, &inner);

    if (verdict == POOL_INNER)
        return inner_block(user, &inner, &size) != NULL ? POOL_OK : POOL_CORRUPT;
    return verdict;
}

enum PoolVerdict pool_size(const void *user, size_t *size) {
    struct InnerHeader inner;
    uint32_t found;
    enum PoolVerdict verdict = block_size(user, &found, &inner);

    if (verdict == POOL_INNER && inner_block(user, &inner, &found) != NULL) {
        *size = inner.size;
        return POOL_OK;
    }
    if (verdict != POOL_OK)
        return pool_corrupt(user);
    *size = found;
    return POOL_OK;
}

enum PoolVerdict pool_resize(void *user, size_t size, size_t *old, int in_place) {
    struct InnerHeader inner;
    uint32_t found, space;
    enum PoolVerdict verdict = block_resize(user, size, &found, in_place, &inner);

    if (verdict == POOL_INNER) {
        if (inner_block(user, &inner, &space) == NULL)
            return pool_corrupt(user);
        *old = inner.size;
        if (size > space)
            return POOL_MOVE;
        inner.size = (uint32_t)size;
        memcpy((char *)user - sizeof inner, &inner, sizeof inner);
        return POOL_OK;
    }
    if (verdict != POOL_OK && verdict != POOL_MOVE)
        return pool_corrupt(user);
    *old = found;
    return verdict;
}

/* Releases the block at `user`: POOL_OK, POOL_FREED or POOL_CORRUPT. */
static enum PoolVerdict block_free(void *user) {
    struct InnerHeader inner;
    uint32_t space;
    enum PoolVerdict verdict;

    if (POOL_CONTROL->strategy == POOL_BUMP)
        return pool_probe(user);
    verdict = pool_recycle_free(user);
    if (verdict == POOL_SLOW)
        verdict = pool_recycle_free_slow(user, &inner);
    if (verdict != POOL_INNER)
        return verdict;
    if (inner_block(user, &inner, &space) != NULL)
        return block_free((char *)user - inner.distance);
    user = (char *)user - inner.distance;
    return POOL_OWNS(user) && pool_probe(user) == POOL_FREED ? POOL_FREED : POOL_CORRUPT;
}

void pool_free(void *user) {
    enum PoolVerdict verdict = block_free(user);

    if (verdict == POOL_OK && POOL_CONTROL->strategy == POOL_RECYCLE)
        return;
    POOL_COUNT(POOL_STATE->events.ignored_frees);
    if (verdict == POOL_FREED)
        POOL_COUNT(POOL_STATE->events.double_frees);
    else if (verdict != POOL_OK)
        pool_corrupt(user);
}

void pool_free_moved(void *user) {
    if (POOL_CONTROL->strategy == POOL_RECYCLE && block_free(user) == POOL_OK)
        pool_count_moved();
}

/* ---- special allocations ---- */

void *pool_alloc_tiny(size_t size) {
    return POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_alloc_tiny(size)
                                                  : pool_bump_alloc(size);
}

void *pool_alloc_with_capacity(size_t size, size_t capacity) {
    uint32_t fresh;
    void *user = NULL;

    if (POOL_CONTROL->strategy == POOL_BUMP)
        return pool_bump_alloc(size);
    if (capacity < size)
        capacity = size;
    if (capacity > POOL_SMALL_MAX)
        return pool_large_alloc(size, capacity, &fresh);
    user = pool_cache_take(pool_class_for(capacity), (uint32_t)size);
    return user != NULL ? user : pool_recycle_alloc(size);
}

size_t pool_growth_capacity(size_t size, size_t old) {
    if (size <= old || size - old > old / 2 || size > POOLNV_REGION_BYTES / 2)
        return size;
    return size < POOL_SMALL_MAX / 2 ? size + size / 2 : size + size / 4 + size / 8;
}

void *pool_alloc_zeroed(size_t size) {
    uint32_t fresh = 0;
    void *user;

    if (POOL_CONTROL->strategy == POOL_BUMP)
        return pool_bump_alloc(size); /* never reuses memory, and fresh pages read as zero */
    if (size > POOL_SMALL_MAX)
        user = pool_large_alloc(size, size, &fresh);
    else
        user = pool_recycle_alloc(size);
    if (user != NULL && !fresh)
        pool_zero(user, size);
    return user;
}

void *pool_alloc_aligned(size_t size, size_t alignment, size_t offset) {
    struct InnerHeader inner;
    size_t old;
    char *outer, *user;

    if (alignment < 16)
        alignment = 16;
    if (alignment == 16 && (offset & 15) == 0)
        return POOL_ALLOC(size);
    if (size >= POOLNV_REGION_BYTES || alignment >= POOLNV_REGION_BYTES - size - POOL_HEADER)
        return NULL;
    outer = POOL_ALLOC(size + alignment + POOL_HEADER);
    if (outer == NULL)
        return NULL;
    if ((((uintptr_t)outer + offset) & (alignment - 1)) == 0) {
        pool_resize(outer, size, &old, 1);
        return outer;
    }
    user = (char *)((((uintptr_t)outer + POOL_HEADER + offset + alignment - 1) & ~(alignment - 1)) -
                    offset);
    inner.size = (uint32_t)size;
    inner.distance = (uint32_t)(user - outer);
    inner.magic = POOL_MAGIC_INNER;
    memcpy(user - sizeof inner, &inner, sizeof inner);
    return user;
}
