/* SPDX-License-Identifier: MIT */
/* Accounts: what the threads counted each for itself, summed up by whoever wants to know. What
 * blocks are live follows from those that are out and those that wait in caches. */
#include "pool.h"

static uint32_t cached_blocks(const struct PoolClass *class);
static void snapshot_classes(struct PoolSnapshot *out, int recycle);
static void snapshot_large(struct PoolSnapshot *out, int recycle);
static void snapshot_caches(struct PoolSnapshot *out);
static uint64_t caches_sum(uint32_t place);
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
    out->stray_pointers = pool_read(&events->stray_pointers);
    out->corrupt_headers = pool_read(&events->corrupt_headers);
    out->double_frees = pool_read(&events->double_frees);
    out->pool_frees_ignored = ignored;
    out->total_frees += ignored + out->foreign_frees;
    if (out->total_frees >> 63 != 0) /* a block on its way counted as live, and none was freed */
        out->total_frees = 0;
}

static uint32_t class_live(const struct PoolClass *class) {
    uint32_t waiting = cached_blocks(class) + POOL_LOAD(class->held), out = POOL_LOAD(class->out);
    return out > waiting ? out - waiting : 0; /* a block on its way may be counted twice */
}

static uint32_t cached_blocks(const struct PoolClass *class) {
    uint32_t index, seen = POOL_LOAD(POOL_STATE->caches_seen), blocks = 0;
    struct PoolStack *stack;

    for (index = 0; index < seen; index++) {
        stack = &POOL_CACHE(index)->stacks[class->index];
        if (POOL_ACQUIRE(POOL_CACHE(index)->ready))
            blocks += class->capacity - (uint32_t)(stack->limit - POOL_LOAD(stack->top));
    }
    return blocks;
}

uint32_t pool_used(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t index, used = 0, peak;

    for (index = 0; index < state->class_count; index++)
        used += class_live(&state->classes[index]) * state->classes[index].stride;
    for (index = 0; index < POOL_GROUPS; index++)
        used += POOL_LOAD(state->heaps[index].used) << POOL_PAGE_SHIFT;
    do {
        peak = POOL_LOAD(state->peak_used);
    } while (used > peak && !pool_swap_if(&state->peak_used, peak, used));
    return used;
}

/* ---- the peak ---- */

/* The growth for which all caches are looked at: 1/256 of what is out, and at least so many bytes.
 */
#define LOOK_SHIFT 8
#define LOOK_BYTES 65536u

void pool_out_more(uint32_t bytes) {
    struct PoolState *state = POOL_STATE;
    uint32_t out = POOL_ADD(state->out_bytes, bytes) + bytes;

    if (out < POOL_LOAD(state->peak_look))
        return;
    POOL_STORE(state->peak_look, out + LOOK_BYTES + (out >> LOOK_SHIFT));
    pool_used();
}

void pool_out_less(uint32_t bytes) { (void)POOL_ADD(POOL_STATE->out_bytes, 0u - bytes); }

void pool_count_moved(void) {
    struct PoolCache *cache = pool_cache_enter();

    POOL_COUNT_OWN(cache->moved);
    pool_cache_leave(cache);
}

/* ---- the snapshot ---- */

#define CACHE_PLACE(counter) ((uint32_t)offsetof(struct PoolCache, counter))
#define STACK_PLACE(class, counter)                                                                \
    (POOL_STACK_AT((class)->index) + (uint32_t)offsetof(struct PoolStack, counter))

static void snapshot_classes(struct PoolSnapshot *out, int recycle) {
    struct PoolState *state = POOL_STATE;
    struct PoolHistogramRow *row = out->classes;
    struct PoolClass *class = state->classes, *end = class + state->class_count;

    for (; class < end; class += 1, row++) {
        row->max_size = class->max_size;
        row->total = pool_read(&class->bumped) + caches_sum(STACK_PLACE(class, allocs));
        row->live = recycle ? class_live(class) : row->total;
        out->pool_allocs += row->total;
        if (recycle)
            out->total_frees += row->total - row->live;
        out->reallocs += caches_sum(STACK_PLACE(class, reallocs));
    }
}

static void snapshot_large(struct PoolSnapshot *out, int recycle) {
    struct PoolPageHeap *heap = POOL_STATE->heaps, *end = heap + POOL_GROUPS;
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
    out->total_frees += caches_sum(CACHE_PLACE(null_frees)) - caches_sum(CACHE_PLACE(moved));
    out->foreign_frees += caches_sum(CACHE_PLACE(foreign_frees));
    out->reallocs += caches_sum(CACHE_PLACE(reallocs));
    out->game_allocs += caches_sum(CACHE_PLACE(game_allocs));
}

/* ---- counters of many threads, each of which counts in its own ----
 *
 * In 32 bits a counter reads 2^32 too low in the instant of its carry. No sum grows by half of that
 * between two looks, so two that are nearer than that are both sound, unless a thread stood still
 * in that very instant from the one to the other. */

#define SUMS_DIFFER(sum, before) (((sum) - (before)) >> 31 != 0)

/* What all caches have counted at this place in each of them. */
static uint64_t caches_sum(uint32_t place) {
    return counters_sum((char *)POOL_CACHE(0) + place, POOL_LOAD(POOL_STATE->caches_seen),
                        POOL_CACHE_BYTES);
}

static uint64_t scrap_sum(void) {
    struct ScrapRecord *first = POOL_SCRAP(0);

    if ((POOL_CONTROL->layers & POOL_LAYER_SCRAPHEAP) == 0)
        return 0;
    return counters_sum((char *)&first->own.allocs, SCRAP_RECORDS, sizeof *first) +
           counters_sum((char *)&first->visitors.allocs, SCRAP_RECORDS, sizeof *first);
}

/* Of so many counters, so many bytes from one to the next. */
static uint64_t counters_sum(const char *first, uint32_t count, uint32_t bytes) {
    const char *counter, *end = first + count * bytes;
    uint64_t sum = 0, before;
    int looks = 0;

    do {
        before = sum;
        sum = 0;
        for (counter = first; counter < end; counter += bytes)
            sum += pool_read((const PoolCounter *)counter);
    } while (looks++ == 0 || SUMS_DIFFER(sum, before));
    return sum;
}
