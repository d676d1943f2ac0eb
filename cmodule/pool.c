/* SPDX-License-Identifier: MIT */
/* What both strategies share: dispatch, over-aligned blocks, accounts, life and fork. */
#include "pool.h"

int32_t pool_init(void) {
    struct PoolControl *control = POOL_CONTROL;
    uint64_t table = (POOLNV_REGION_BYTES >> POOL_PAGE_SHIFT) + 1;

    if (POOL_STATE->ready)
        return 0;
    if (control->region_base != (uintptr_t)POOLNV_REGION ||
        control->region_bytes != POOLNV_REGION_BYTES || ((uintptr_t)POOLNV_REGION & 0xFFFF) != 0 ||
        POOLNV_REGION_BYTES > 0xFFFF0000u || POOLNV_REGION_BYTES < 2 * POOL_PAGE_BYTES ||
        control->strategy > POOL_BUMP ||
        control->metadata_bytes < POOL_TABLE_OFFSET + table * sizeof(struct PoolPage))
        return -POOL_EINVAL;
    pool_classes_init();
    pool_pages_init((uint32_t)(POOLNV_REGION_BYTES >> POOL_PAGE_SHIFT));
    POOL_STATE->bump_top = POOL_FIRST - POOL_HEADER;
    POOL_STATE->ready = 1;
    control->bytes = sizeof *control;
    control->version = POOL_CONTROL_VERSION;
    control->self = (uintptr_t)control;
    control->magic = POOL_CONTROL_MAGIC;
    return 0;
}

uint32_t pool_set_active(uint32_t active) {
    POOL_STORE(POOL_CONTROL->active, active != 0);
    return active != 0;
}

uint64_t pool_reset(void) {
    if (POOL_CONTROL->strategy == POOL_BUMP)
        return 0;
    pool_recycle_release_spares();
    return (uint64_t)pool_pages_trim() << POOL_PAGE_SHIFT;
}

void pool_raise_peak(uint32_t used) {
    uint32_t peak;
    do {
        peak = POOL_LOAD(POOL_STATE->peak_used);
    } while (used > peak && !pool_swap_if(&POOL_STATE->peak_used, peak, used));
}

/* ---- dispatch ---- */

static enum PoolVerdict block_size(const void *user, uint32_t *size, struct InnerHeader *inner) {
    return POOL_CONTROL->strategy == POOL_RECYCLE ? pool_recycle_size(user, size, inner)
                                                  : pool_bump_size(user, size, inner);
}

static enum PoolVerdict block_resize(void *user, size_t size, uint32_t *old, int stay,
                                     struct InnerHeader *inner) {
    return POOL_CONTROL->strategy == POOL_RECYCLE
               ? pool_recycle_resize(user, size, old, stay, inner)
               : pool_bump_resize(user, size, old, stay, inner);
}

/* The block around an over-aligned pointer, or NULL when the header found there was made up. */
static void *inner_block(const void *user, const struct InnerHeader *inner, uint32_t *room) {
    char *outer = (char *)user - inner->distance;
    struct InnerHeader ignored;
    uint32_t size;

    if (inner->distance < POOL_HEADER || inner->distance > POOL_OFFSET(user) ||
        block_size(outer, &size, &ignored) != POOL_OK || inner->distance > size ||
        inner->size > size - inner->distance)
        return NULL;
    *room = size - inner->distance;
    return outer;
}

static enum PoolVerdict corrupt(void) {
    POOL_COUNT(POOL_STATE->events.corrupt_headers);
    return POOL_CORRUPT;
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
        return corrupt();
    *size = found;
    return POOL_OK;
}

enum PoolVerdict pool_resize(void *user, size_t size, size_t *old, int stay) {
    struct InnerHeader inner;
    uint32_t found, room;
    enum PoolVerdict verdict = block_resize(user, size, &found, stay, &inner);

    if (verdict == POOL_INNER) {
        if (inner_block(user, &inner, &room) == NULL)
            return corrupt();
        *old = inner.size;
        if (size > room)
            return POOL_MOVE;
        inner.size = (uint32_t)size;
        memcpy((char *)user - sizeof inner, &inner, sizeof inner);
        return POOL_OK;
    }
    if (verdict != POOL_OK && verdict != POOL_MOVE)
        return corrupt();
    *old = found;
    return verdict;
}

/* Releases the block at user; POOL_OK, POOL_FREED or POOL_CORRUPT. */
static enum PoolVerdict block_free(void *user) {
    struct InnerHeader inner;
    uint32_t room;
    enum PoolVerdict verdict;

    if (POOL_CONTROL->strategy == POOL_BUMP)
        return pool_probe(user);
    verdict = pool_recycle_free(user);
    if (verdict == POOL_MOVE)
        verdict = pool_recycle_free_slow(user, &inner);
    if (verdict != POOL_INNER)
        return verdict;
    if (inner_block(user, &inner, &room) != NULL)
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
        corrupt();
}

void pool_free_moved(void *user) {
    if (POOL_CONTROL->strategy == POOL_RECYCLE && block_free(user) == POOL_OK)
        POOL_COUNT(POOL_STATE->events.moved);
}

/* ---- allocation beyond the plain one ---- */

void *pool_alloc_zeroed(size_t size) {
    uint32_t fresh = 0;
    void *user;

    if (POOL_CONTROL->strategy == POOL_BUMP)
        return pool_bump_alloc(size); /* never reuses: what the system gave reads as zero */
    if (size > POOL_SMALL_MAX)
        user = pool_recycle_alloc_large(size, &fresh);
    else
        user = pool_recycle_alloc(size);
    if (user != NULL && !fresh)
        memset(user, 0, size);
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

/* ---- accounts ---- */

static void snapshot_classes(struct PoolSnapshot *out) {
    struct PoolState *state = POOL_STATE;
    struct PoolHistogramRow *row = out->classes;
    struct PoolClass *class = state->classes, *end = class + state->class_count;

    for (; class < end; class += 1, row++) {
        POOL_LOCK(&class->lock);
        row->max_size = class->max_size;
        row->total = pool_read(&class->allocs);
        row->live = row->total - class->frees;
        out->total_frees += class->frees;
        POOL_UNLOCK(&class->lock);
        out->pool_allocs += row->total;
    }
}

static void snapshot_large(struct PoolSnapshot *out, int recycle) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    struct PoolHistogramRow *row = out->classes + POOL_STATE->class_count;
    /* Doubled, not shifted: TinyCC has no variable 64-bit shift on i386. */
    uint64_t limit = 0x10000;
    uint32_t index;

    POOL_LOCK(&heap->lock);
    out->committed = (uint64_t)heap->committed << POOL_PAGE_SHIFT;
    out->pool_allocs += heap->allocs;
    out->total_frees += heap->frees;
    for (index = 0; index < POOL_LARGE_ROWS; index++, row++) {
        row->max_size = limit;
        limit += limit;
        row->total = pool_read(&heap->rows[index].total);
        row->live = recycle ? heap->rows[index].live : row->total;
        if (!recycle)
            out->pool_allocs += row->total;
    }
    POOL_UNLOCK(&heap->lock);
}

void pool_snapshot(struct PoolSnapshot *out) {
    struct PoolState *state = POOL_STATE;
    struct PoolEvents *events = &state->events;
    int recycle = POOL_CONTROL->strategy == POOL_RECYCLE;
    uint64_t ignored = pool_read(&events->ignored_frees);

    memset(out, 0, sizeof *out);
    out->bytes = sizeof *out;
    out->version = POOL_SNAPSHOT_VERSION;
    out->active = POOL_ACTIVE;
    out->strategy = POOL_CONTROL->strategy;
    out->pool_size = POOLNV_REGION_BYTES;
    out->class_count = state->class_count + POOL_LARGE_ROWS;
    snapshot_classes(out);
    snapshot_large(out, recycle);
    if (recycle) {
        out->current_used = POOL_LOAD(state->current_used);
        out->peak_used = POOL_LOAD(state->peak_used);
    } else {
        out->current_used = POOL_LOAD(state->bump_top) - (POOL_FIRST - POOL_HEADER);
        out->peak_used = out->current_used;
    }
    out->fallback_allocs = pool_read(&events->fallback_allocs);
    out->reallocs = pool_read(&events->reallocs);
    out->foreign_frees = pool_read(&events->foreign_frees);
    out->corrupt_headers = pool_read(&events->corrupt_headers);
    out->double_frees = pool_read(&events->double_frees);
    out->pool_frees_ignored = ignored;
    out->total_frees += ignored + out->foreign_frees + pool_read(&events->null_frees);
    out->total_frees -= pool_read(&events->moved);
}

/* ---- locks ---- */

/* Windows ends the other threads of an exiting process wherever they stand, with a lock of ours in
 * hand too, and then runs destructors that free blocks. The last thread takes the lock over: what
 * the dead one was about to do costs a block at most, waiting for it would hang the exit. */
void pool_lock_wait(volatile uint32_t *word) {
    uint32_t tries = 0;

    if (POOL_LOAD(POOL_STATE->fork_owner) == POOL_SELF()) {
        POOL_STORE(*word, POOL_LOAD(*word) + 1);
        return;
    }
    while (!pool_swap_if(word, 0, 1)) {
        do {
            if (++tries % 128 != 0) {
                POOL_PAUSE();
                continue;
            }
            if (pool_os_ending()) {
                POOL_STORE(*word, 1);
                return;
            }
            pool_os_yield();
        } while (POOL_LOAD(*word) != 0);
    }
}

void pool_lock_all(void) {
    uint32_t index;
    for (index = 0; index < POOL_STATE->class_count; index++)
        POOL_LOCK(&POOL_STATE->classes[index].lock);
    POOL_LOCK(&POOL_STATE->heap.lock);
}

void pool_unlock_all(void) {
    uint32_t index;
    POOL_UNLOCK(&POOL_STATE->heap.lock);
    for (index = 0; index < POOL_STATE->class_count; index++)
        POOL_UNLOCK(&POOL_STATE->classes[index].lock);
}

void pool_fork_prepare(void) {
    pool_lock_all();
    POOL_STORE(POOL_STATE->fork_owner, POOL_SELF());
}

void pool_fork_parent(void) {
    POOL_STORE(POOL_STATE->fork_owner, 0);
    pool_unlock_all();
}

void pool_fork_child(void) {
    POOL_CONTROL->pid = pool_os_pid();
    pool_fork_parent();
}
