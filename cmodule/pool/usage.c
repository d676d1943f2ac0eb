/* SPDX-License-Identifier: MIT */
/* Bytes in use, and their peak. Blocks that are live are those in use less those cached or in the
 * quarantine. */
#include "internal.h"

/* Growth of the bytes in use after which all caches are summed up for a new peak: 1/256 of them,
 * and at least this many bytes. */
#define PEAK_STEP_SHIFT 8
#define PEAK_STEP_BYTES 65536u

static uint32_t cached_blocks(const struct PoolClass *class);

void pool_usage_add(uint32_t bytes) {
    struct PoolState *state = POOL_STATE;
    uint32_t now = POOL_ADD(state->in_use_bytes, bytes) + bytes;

    if (now < POOL_LOAD(state->peak_check))
        return;
    POOL_STORE(state->peak_check, now + PEAK_STEP_BYTES + (now >> PEAK_STEP_SHIFT));
    pool_used();
}

void pool_usage_sub(uint32_t bytes) { (void)POOL_ADD(POOL_STATE->in_use_bytes, 0u - bytes); }

uint32_t pool_used(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, used = 0, peak;

    for (index = 0; index < state->class_count; index++)
        used += pool_class_live(&state->classes[index]) * state->classes[index].stride;
    for (index = 0; index < POOL_ARENAS; index++)
        used += POOL_LOAD(state->heaps[index].used) << POOL_PAGE_SHIFT;
    do {
        peak = POOL_LOAD(state->peak_used);
    } while (used > peak && !pool_swap_if(&state->peak_used, peak, used));
    return used;
}

uint32_t pool_class_live(const struct PoolClass *class) {
    uint32_t idle = cached_blocks(class) + POOL_LOAD(class->quarantined);
    uint32_t in_use = POOL_LOAD(class->in_use);

    return in_use > idle ? in_use - idle : 0; /* a block on its way may be counted as idle twice */
}

static uint32_t cached_blocks(const struct PoolClass *class) {
    uint32_t index, seen = POOL_LOAD(POOL_STATE->caches_seen), blocks = 0;
    struct PoolMagazine *magazine;

    for (index = 0; index < seen; index++) {
        magazine = &POOL_CACHE(index)->magazines[class->index];
        if (POOL_ACQUIRE(POOL_CACHE(index)->ready))
            blocks += class->capacity - (uint32_t)(magazine->limit - POOL_LOAD(magazine->top));
    }
    return blocks;
}
