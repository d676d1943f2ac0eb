/* SPDX-License-Identifier: MIT */
#include "internal.h"

static void sample(size_t size, uintptr_t caller, uintptr_t frame, int counted);
static int is_sampled(struct PoolCache *cache);
static int32_t draw_distance(struct PoolCache *cache);
static void record(size_t size, uintptr_t caller, uintptr_t frame);
static struct SamplerRow *row_of(struct PoolSampler *sampler, const uint64_t *chain);
static int is_chain(const struct SamplerRow *row, const uint64_t *chain);

/* ---- one call ---- */

void pool_sample_due(size_t size, uintptr_t caller, uintptr_t frame) {
    sample(size, caller, frame, 1);
}

void pool_sample_call(size_t size, uintptr_t caller, uintptr_t frame) {
    sample(size, caller, frame, 0);
}

/* For a thread that uses the shared cache, the fast path has counted down in POOL_CACHE_DEPARTED.
 */
static void sample(size_t size, uintptr_t caller, uintptr_t frame, int counted) {
    struct PoolCache *cache;
    int sampled;

    if (POOL_LOAD(POOL_STATE->sample_interval) == 0 || !POOL_ACTIVE)
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
    uint32_t epoch = POOL_LOAD(POOL_SAMPLER->epoch);

    if (cache->sample_epoch != epoch) {
        cache->sample_epoch = epoch;
        POOL_STORE(cache->countdown, draw_distance(cache) - 1);
    }
    if (POOL_LOAD(cache->countdown) >= 0)
        return 0;
    POOL_STORE(cache->countdown, draw_distance(cache));
    return 1;
}

/* Calls before the next sample: uniform in 0 .. 2 * sample_interval - 2 (xorshift). */
static int32_t draw_distance(struct PoolCache *cache) {
    uint32_t seed = cache->sample_seed, sample_interval = POOL_LOAD(POOL_STATE->sample_interval);

    if (seed == 0)
        seed = (uint32_t)(uintptr_t)cache * POOL_HASH_FACTOR | 1;
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    cache->sample_seed = seed;
    return sample_interval != 0 ? (int32_t)(seed % (2 * sample_interval - 1)) : 0;
}

static void record(size_t size, uintptr_t caller, uintptr_t frame) {
    struct PoolSampler *sampler = POOL_SAMPLER;
    uint64_t chain[SAMPLER_DEPTH];
    uintptr_t low = 0, high = 0;
    struct SamplerRow *row;

    pool_os_stack(&low, &high);
    pool_stack_walk(chain, caller, frame, low, high);
    POOL_LOCK(&sampler->lock);
    sampler->samples++;
    row = row_of(sampler, chain);
    if (row == NULL) {
        sampler->dropped++;
    } else {
        row->samples++;
        row->bytes += size <= 0xFFFFFFFFu ? size : 0; /* larger requests can't be served */
    }
    POOL_UNLOCK(&sampler->lock);
}

static struct SamplerRow *row_of(struct PoolSampler *sampler, const uint64_t *chain) {
    uint32_t hash = 0, index, tries;
    struct SamplerRow *row;

    for (index = 0; index < SAMPLER_DEPTH; index++)
        hash = (hash ^ (uint32_t)chain[index]) * POOL_HASH_FACTOR;
    index = (hash >> 16 ^ hash) % SAMPLER_ROWS;
    for (tries = 0; tries < SAMPLER_ROWS; tries++) {
        row = &sampler->rows[index];
        if (row->samples == 0)
            memcpy(row->chain, chain, sizeof row->chain);
        if (is_chain(row, chain))
            return row;
        index = index + 1 < SAMPLER_ROWS ? index + 1 : 0;
    }
    return NULL;
}

static int is_chain(const struct SamplerRow *row, const uint64_t *chain) {
    uint32_t depth = 0;

    while (depth < SAMPLER_DEPTH && row->chain[depth] == chain[depth])
        depth++;
    return depth == SAMPLER_DEPTH;
}

void pool_stack_walk(uint64_t *chain, uintptr_t caller, uintptr_t frame, uintptr_t low,
                     uintptr_t high) {
    uint32_t depth;

    memset(chain, 0, SAMPLER_DEPTH * sizeof *chain);
    chain[0] = caller;
    for (depth = 1; depth < SAMPLER_DEPTH; depth++) {
        const uintptr_t *words = (const uintptr_t *)frame;
        if (frame < low || frame >= high || high - frame < 2 * sizeof *words ||
            frame % sizeof *words != 0)
            return;
        chain[depth] = words[1];
        low = frame + 2 * sizeof *words;
        frame = words[0];
    }
}

/* ---- for the agent ---- */

uint32_t pool_sampler_start(uint32_t sample_interval) {
    struct PoolSampler *sampler = POOL_SAMPLER;
    uint32_t index, now;

    POOL_LOCK(&sampler->lock);
    now = POOL_LOAD(POOL_STATE->sample_interval);
    if (sample_interval == 0 || now == 0) {
        now = sample_interval < SAMPLE_INTERVAL_MAX ? sample_interval : SAMPLE_INTERVAL_MAX;
        POOL_STORE(sampler->idle_ticks, 0);
        if (now != 0) {
            sampler->samples = sampler->dropped = 0;
            memset(sampler->rows, 0, sizeof sampler->rows);
            POOL_STORE(sampler->epoch, sampler->epoch + 1);
            /* The last countdown may be long. Its thread may overwrite this once. */
            for (index = 0; index < POOL_CACHE_COUNT; index++)
                POOL_STORE(POOL_CACHE(index)->countdown, 0);
        }
        POOL_STORE(POOL_STATE->sample_interval, now);
        pool_route();
    }
    POOL_UNLOCK(&sampler->lock);
    return now;
}

void pool_sampler_read(struct SamplerPage *out, uint32_t from) {
    struct PoolSampler *sampler = POOL_SAMPLER;
    uint32_t index;

    memset(out, 0, sizeof *out);
    POOL_LOCK(&sampler->lock);
    POOL_STORE(sampler->idle_ticks, 0);
    out->sample_interval = POOL_LOAD(POOL_STATE->sample_interval);
    out->epoch = sampler->epoch;
    out->samples = sampler->samples;
    out->dropped = sampler->dropped;
    for (index = from; index < SAMPLER_ROWS && out->count < SAMPLER_PAGE_ROWS; index++)
        if (sampler->rows[index].samples != 0)
            memcpy(&out->rows[out->count++], &sampler->rows[index], sizeof *out->rows);
    out->next = index < SAMPLER_ROWS ? index : 0;
    POOL_UNLOCK(&sampler->lock);
}

uint32_t pool_sampler_tick(void) {
    if (POOL_LOAD(POOL_STATE->sample_interval) == 0)
        return 0;
    if (POOL_ADD(POOL_SAMPLER->idle_ticks, 1) + 1 < SAMPLER_IDLE_LIMIT)
        return 0;
    pool_sampler_start(0);
    return 1;
}
