/* SPDX-License-Identifier: MIT */
#include "pool.h"

static void look(size_t size, uintptr_t caller, uintptr_t frame, int counted);
static int is_sampled(struct PoolCache *cache);
static int32_t draw_distance(struct PoolCache *cache);
static void record(size_t size, uintptr_t caller, uintptr_t frame);
static struct CallerRow *row_of(struct Callers *callers, const uint64_t *chain);
static int is_chain(const struct CallerRow *row, const uint64_t *chain);

/* ---- one call ---- */

void pool_callers_due(size_t size, uintptr_t caller, uintptr_t frame) {
    look(size, caller, frame, 1);
}

void pool_callers_asked(size_t size, uintptr_t caller, uintptr_t frame) {
    look(size, caller, frame, 0);
}

/* What was counted of a thread that shares a cache, the hot path counted in what stands for one. */
static void look(size_t size, uintptr_t caller, uintptr_t frame, int counted) {
    struct PoolCache *cache;
    int sampled;

    if (POOL_LOAD(POOL_STATE->one_in) == 0 || !POOL_ACTIVE)
        return;
    cache = pool_cache_enter();
    if (!counted || cache == POOL_CACHE(POOL_CACHE_SHARED))
        POOL_STORE(cache->countdown, POOL_LOAD(cache->countdown) - 1);
    sampled = is_sampled(cache);
    pool_cache_leave(cache);
    if (sampled)
        record(size, caller, frame);
}

static int is_sampled(struct PoolCache *cache) {
    uint32_t epoch = POOL_LOAD(POOL_CALLERS->epoch);

    if (cache->sample_epoch != epoch) {
        cache->sample_epoch = epoch;
        POOL_STORE(cache->countdown, draw_distance(cache) - 1);
    }
    if (POOL_LOAD(cache->countdown) >= 0)
        return 0;
    POOL_STORE(cache->countdown, draw_distance(cache));
    return 1;
}

/* Calls to let pass before the next sample: 0 .. 2 * one_in - 2, each as likely (xorshift). */
static int32_t draw_distance(struct PoolCache *cache) {
    uint32_t seed = cache->sample_seed, one_in = POOL_LOAD(POOL_STATE->one_in);

    if (seed == 0)
        seed = (uint32_t)(uintptr_t)cache * POOL_CODE_FACTOR | 1;
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    cache->sample_seed = seed;
    return one_in != 0 ? (int32_t)(seed % (2 * one_in - 1)) : 0;
}

static void record(size_t size, uintptr_t caller, uintptr_t frame) {
    struct Callers *callers = POOL_CALLERS;
    uint64_t chain[CALLERS_DEPTH];
    uintptr_t low = 0, high = 0;
    struct CallerRow *row;

    pool_os_stack(&low, &high);
    pool_callers_chain(chain, caller, frame, low, high);
    POOL_LOCK(&callers->lock);
    callers->samples++;
    row = row_of(callers, chain);
    if (row == NULL) {
        callers->unplaced++;
    } else {
        row->samples++;
        row->bytes += size <= 0xFFFFFFFFu ? size : 0; /* no pool has as much */
    }
    POOL_UNLOCK(&callers->lock);
}

static struct CallerRow *row_of(struct Callers *callers, const uint64_t *chain) {
    uint32_t hash = 0, index, tries;
    struct CallerRow *row;

    for (index = 0; index < CALLERS_DEPTH; index++)
        hash = (hash ^ (uint32_t)chain[index]) * POOL_CODE_FACTOR;
    index = (hash >> 16 ^ hash) % CALLERS_ROWS;
    for (tries = 0; tries < CALLERS_ROWS; tries++) {
        row = &callers->rows[index];
        if (row->samples == 0)
            memcpy(row->chain, chain, sizeof row->chain);
        if (is_chain(row, chain))
            return row;
        index = index + 1 < CALLERS_ROWS ? index + 1 : 0;
    }
    return NULL;
}

static int is_chain(const struct CallerRow *row, const uint64_t *chain) {
    uint32_t depth = 0;

    while (depth < CALLERS_DEPTH && row->chain[depth] == chain[depth])
        depth++;
    return depth == CALLERS_DEPTH;
}

void pool_callers_chain(uint64_t *chain, uintptr_t caller, uintptr_t frame, uintptr_t low,
                        uintptr_t high) {
    uint32_t depth;

    memset(chain, 0, CALLERS_DEPTH * sizeof *chain);
    chain[0] = caller;
    for (depth = 1; depth < CALLERS_DEPTH; depth++) {
        const uintptr_t *words = (const uintptr_t *)frame;
        if (frame < low || frame >= high || high - frame < 2 * sizeof *words ||
            frame % sizeof *words != 0)
            return;
        chain[depth] = words[1];
        low = frame + 2 * sizeof *words;
        frame = words[0];
    }
}

/* ---- the outside ---- */

uint32_t pool_callers_start(uint32_t one_in) {
    struct Callers *callers = POOL_CALLERS;
    uint32_t index, now;

    POOL_LOCK(&callers->lock);
    now = POOL_LOAD(POOL_STATE->one_in);
    if (one_in == 0 || now == 0) {
        now = one_in < CALLERS_LARGEST ? one_in : CALLERS_LARGEST;
        POOL_STORE(callers->unread, 0);
        if (now != 0) {
            callers->samples = callers->unplaced = 0;
            memset(callers->rows, 0, sizeof callers->rows);
            POOL_STORE(callers->epoch, callers->epoch + 1);
            /* A long way may be left of last time. The thread may overwrite this once. */
            for (index = 0; index < POOL_CACHE_COUNT; index++)
                POOL_STORE(POOL_CACHE(index)->countdown, 0);
        }
        POOL_STORE(POOL_STATE->one_in, now);
        pool_route();
    }
    POOL_UNLOCK(&callers->lock);
    return now;
}

void pool_callers_read(struct CallersPage *out, uint32_t from) {
    struct Callers *callers = POOL_CALLERS;
    uint32_t index;

    memset(out, 0, sizeof *out);
    POOL_LOCK(&callers->lock);
    POOL_STORE(callers->unread, 0);
    out->one_in = POOL_LOAD(POOL_STATE->one_in);
    out->epoch = callers->epoch;
    out->samples = callers->samples;
    out->unplaced = callers->unplaced;
    for (index = from; index < CALLERS_ROWS && out->count < CALLERS_PAGE; index++)
        if (callers->rows[index].samples != 0)
            memcpy(&out->rows[out->count++], &callers->rows[index], sizeof *out->rows);
    out->next = index < CALLERS_ROWS ? index : 0;
    POOL_UNLOCK(&callers->lock);
}

uint32_t pool_callers_tick(void) {
    if (POOL_LOAD(POOL_STATE->one_in) == 0)
        return 0;
    if (POOL_ADD(POOL_CALLERS->unread, 1) + 1 < CALLERS_PATIENCE)
        return 0;
    pool_callers_start(0);
    return 1;
}
