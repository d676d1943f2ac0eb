/* SPDX-License-Identifier: MIT */
/* Statistics: the counters of all threads, summed up when they are read. */
#include "internal.h"

static void snapshot_classes(struct PoolSnapshot *out, int recycle);
static void snapshot_large(struct PoolSnapshot *out, int recycle);
static void snapshot_caches(struct PoolSnapshot *out);
static uint64_t caches_sum(uint32_t offset);
static uint64_t scrap_sum(void);
static uint64_t counters_sum(const char *first, uint32_t count, uint32_t bytes);

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
    out->pool_size = pool_reserved();
    out->class_count = state->class_count + POOL_LARGE_ROWS;
    snapshot_classes(out, recycle);
    snapshot_large(out, recycle);
    snapshot_caches(out);
    out->scrap_allocs = scrap_sum();
    if (recycle) {
        out->current_used = pool_used();
        out->peak_used = POOL_LOAD(state->peak_used);
    } else {
        out->current_used = POOL_LOAD(state->bump_top) - (POOL_FIRST - POOL_HEADER);
        out->peak_used = out->current_used;
    }
    out->game_fallbacks = pool_read(&events->game_fallbacks);
    out->fallback_allocs = pool_read(&events->fallback_allocs) + out->game_fallbacks;
    out->scrap_fallbacks = pool_read(&events->scrap_fallbacks);
    out->stray_pointers = pool_read(&events->interior_frees);
    out->corrupt_headers = pool_read(&events->corrupt_headers);
    out->double_frees = pool_read(&events->double_frees);
    out->pool_frees_ignored = ignored;
    out->total_frees += ignored + out->foreign_frees;
    if (out->total_frees >> 63 != 0) /* below 0: a block on its way was counted as live */
        out->total_frees = 0;
}

#define CACHE_COUNTER(counter) ((uint32_t)offsetof(struct PoolCache, counter))
#define MAGAZINE_COUNTER(class, counter)                                                           \
    (POOL_MAGAZINE_AT((class)->index) + (uint32_t)offsetof(struct PoolMagazine, counter))

static void snapshot_classes(struct PoolSnapshot *out, int recycle) {
    struct PoolState *state = POOL_STATE;
    struct PoolHistogramRow *row = out->classes;
    struct PoolClass *class = state->classes, *end = class + state->class_count;

    for (; class < end; class += 1, row++) {
        row->max_size = class->max_size;
        row->total = pool_read(&class->bumped) + caches_sum(MAGAZINE_COUNTER(class, allocs));
        row->live = recycle ? pool_class_live(class) : row->total;
        out->pool_allocs += row->total;
        if (recycle)
            out->total_frees += row->total - row->live;
        out->reallocs += caches_sum(MAGAZINE_COUNTER(class, reallocs));
    }
}

static void snapshot_large(struct PoolSnapshot *out, int recycle) {
    struct PoolPageHeap *heap = POOL_STATE->heaps, *end = heap + POOL_ARENAS;
    struct PoolHistogramRow *row;
    uint32_t index;
    uint64_t limit;

    for (; heap < end; heap += 1) {
        limit = 0x10000; /* doubled, not shifted: TinyCC has no variable 64-bit shift on i386 */
        row = out->classes + POOL_STATE->class_count;
        POOL_LOCK(&heap->lock);
        out->committed += (uint64_t)heap->committed << POOL_CHUNK_SHIFT;
        out->pool_allocs += heap->allocs;
        out->total_frees += heap->frees;
        for (index = 0; index < POOL_LARGE_ROWS; index++, row++) {
            row->max_size = limit;
            limit += limit;
            row->total += pool_read(&heap->rows[index].total);
            row->live += recycle ? heap->rows[index].live : heap->rows[index].total;
            if (!recycle)
                out->pool_allocs += heap->rows[index].total;
        }
        POOL_UNLOCK(&heap->lock);
    }
}

static void snapshot_caches(struct PoolSnapshot *out) {
    out->total_frees += caches_sum(CACHE_COUNTER(null_frees)) - caches_sum(CACHE_COUNTER(moved));
    out->foreign_frees += caches_sum(CACHE_COUNTER(foreign_frees));
    out->reallocs += caches_sum(CACHE_COUNTER(reallocs));
    out->game_allocs += caches_sum(CACHE_COUNTER(game_allocs));
}

/* ---- sums over threads ----
 *
 * A 32-bit reader sees a counter 2^32 too low at the moment of its carry. Between two passes no sum
 * grows by half of that, so two sums that differ by less are both right, unless a thread was
 * preempted at that moment during both passes. */

#define SUMS_DIFFER(sum, before) (((sum) - (before)) >> 31 != 0)

/* The sum over all caches of the counter at that offset in each. */
static uint64_t caches_sum(uint32_t offset) {
    return counters_sum((char *)POOL_CACHE(0) + offset, POOL_LOAD(POOL_STATE->caches_seen),
                        POOL_CACHE_BYTES);
}

static uint64_t scrap_sum(void) {
    struct ScrapRecord *first = POOL_SCRAP(0);

    if ((POOL_CONTROL->layers & POOL_LAYER_SCRAPHEAP) == 0)
        return 0;
    return counters_sum((char *)&first->own.allocs, SCRAP_RECORDS, sizeof *first) +
           counters_sum((char *)&first->shared.allocs, SCRAP_RECORDS, sizeof *first);
}

/* The sum of `count` counters, `bytes` apart. */
static uint64_t counters_sum(const char *first, uint32_t count, uint32_t bytes) {
    const char *counter, *end = first + count * bytes;
    uint64_t sum = 0, before;
    int passes = 0;

    do {
        before = sum;
        sum = 0;
        for (counter = first; counter < end; counter += bytes)
            sum += pool_read((const PoolCounter *)counter);
    } while (passes++ == 0 || SUMS_DIFFER(sum, before));
    return sum;
}
