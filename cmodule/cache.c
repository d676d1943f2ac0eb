/* SPDX-License-Identifier: MIT */
/* Caches: each thread's own free blocks, so that it takes and gives without a lock or a locked
 * instruction. A block has no owner; a thread keeps whatever it frees, wherever it came from, and
 * exchanges batches with the spans when a stack is empty or full. */
#include "pool.h"

static void *stack_refill(struct PoolStack *stack, struct PoolClass *class);
static void stack_shed(struct PoolStack *stack, struct PoolClass *class, uint32_t count);
static struct PoolCache *cache_attach(void);
static void cache_empty(struct PoolCache *cache);
static void left_cache_empty(struct PoolCache *cache);
static void depot_empty(void);

/* ---- one block ---- */

void *pool_cache_take(struct PoolClass *class, uint32_t size) {
    struct PoolCache *cache = pool_cache_enter();
    struct PoolStack *stack = &cache->stacks[class->index];
    void **top = stack->top, *user = top[-1];

    if (user == NULL)
        user = stack_refill(stack, class);
    else
        POOL_STORE(stack->top, top - 1);
    if (user != NULL) {
        pool_header_write(user, size, class->code, POOL_MAGIC_LIVE);
        POOL_COUNT_OWN(stack->allocs);
    }
    pool_cache_leave(cache);
    return user;
}

void pool_cache_give(void *user, struct PoolClass *class) {
    struct PoolCache *cache = pool_cache_enter();
    struct PoolStack *stack = &cache->stacks[class->index];

    if (stack->top == stack->limit)
        stack_shed(stack, class, class->batch);
    *stack->top = user;
    POOL_STORE(stack->top, stack->top + 1);
    pool_cache_leave(cache);
}

/* ---- batches ---- */

/* The slots of a stack: where its lowest block is. */
static void **stack_base(const struct PoolStack *stack, const struct PoolClass *class) {
    return stack->limit - class->capacity;
}

/* One block, and a batch onto the empty stack: what another thread has left, else from a span. All
 * within the lock, so that whoever forks or walks sees each block in one place. */
static void *stack_refill(struct PoolStack *stack, struct PoolClass *class) {
    struct PoolStack *depot = &POOL_CACHE(POOL_CACHE_DEPOT)->stacks[class->index];
    void **base = stack->top, *user = NULL;
    uint32_t taken, fresh = 0;

    POOL_LOCK(&class->lock);
    taken = (uint32_t)(depot->top - stack_base(depot, class));
    if (taken > class->batch)
        taken = class->batch;
    if (taken != 0) {
        POOL_STORE(depot->top, depot->top - taken);
        memcpy(base, depot->top, taken * sizeof *base);
    } else {
        taken = fresh = pool_span_take(class, base, class->batch);
    }
    if (taken != 0) {
        user = base[taken - 1];
        POOL_STORE(stack->top, base + taken - 1);
    }
    POOL_UNLOCK(&class->lock);
    if (fresh != 0)
        pool_out_more(fresh * class->stride);
    return user;
}

/* The lowest blocks of the stack, unused for the longest time, go: to the depot while it has room.
 */
static void stack_shed(struct PoolStack *stack, struct PoolClass *class, uint32_t count) {
    struct PoolStack *depot = &POOL_CACHE(POOL_CACHE_DEPOT)->stacks[class->index];
    void **base = stack_base(stack, class);
    uint32_t level = (uint32_t)(stack->top - base), given = 0;

    POOL_LOCK(&class->lock);
    if ((uint32_t)(depot->limit - depot->top) >= count) {
        memcpy(depot->top, base, count * sizeof *base);
        POOL_STORE(depot->top, depot->top + count);
    } else {
        pool_span_give(class, base, count);
        given = count;
    }
    if (level != count)
        memmove(base, base + count, (level - count) * sizeof *base);
    POOL_STORE(stack->top, stack->top - count);
    POOL_UNLOCK(&class->lock);
    if (given != 0)
        pool_out_less(given * class->stride);
}

static void cache_empty(struct PoolCache *cache) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    struct PoolStack *stack = cache->stacks;
    uint32_t level;

    for (; class < end; class += 1, stack += 1) {
        level = (uint32_t)(POOL_LOAD(stack->top) - stack_base(stack, class));
        if (level != 0)
            stack_shed(stack, class, level);
    }
}

void pool_cache_flush(void) {
    struct PoolCache *cache = pool_cache_enter();
    uint32_t index;

    cache_empty(cache);
    pool_cache_leave(cache);
    POOL_LOCK(&POOL_STATE->shared_lock);
    cache_empty(POOL_CACHE(POOL_CACHE_SHARED));
    POOL_UNLOCK(&POOL_STATE->shared_lock);
    for (index = POOL_CACHE_FIRST; index < POOL_LOAD(POOL_STATE->caches_seen); index++)
        left_cache_empty(POOL_CACHE(index));
    depot_empty();
}

/* One that its thread has left, unless another takes it in this moment. In a child after fork its
 * thread may have left it before it was set up. */
static void left_cache_empty(struct PoolCache *cache) {
    if (POOL_LOAD(cache->taken) || !pool_swap_if(&cache->taken, 0, 1))
        return;
    if (cache->ready)
        cache_empty(cache);
    POOL_RELEASE(cache->taken, 0);
}

/* Other threads may use the depot meanwhile. */
static void depot_empty(void) {
    struct PoolStack *depot = POOL_CACHE(POOL_CACHE_DEPOT)->stacks;
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    void **base;
    uint32_t level;

    for (; class < end; class += 1, depot += 1) {
        base = stack_base(depot, class);
        POOL_LOCK(&class->lock);
        level = (uint32_t)(depot->top - base);
        if (level != 0)
            pool_span_give(class, base, level);
        POOL_STORE(depot->top, base);
        POOL_UNLOCK(&class->lock);
        pool_out_less(level * class->stride);
    }
}

/* ---- which cache ---- */

struct PoolCache *pool_cache_enter(void) {
    struct PoolCache *cache = POOL_SLOT_CACHE(pool_os_slot());

    if (cache == POOL_CACHE(POOL_CACHE_NEW))
        cache = cache_attach();
    if (cache != POOL_CACHE(POOL_CACHE_DEPARTED))
        return cache;
    POOL_LOCK(&POOL_STATE->shared_lock);
    return POOL_CACHE(POOL_CACHE_SHARED);
}

void pool_cache_leave(struct PoolCache *cache) {
    if (cache == POOL_CACHE(POOL_CACHE_SHARED))
        POOL_UNLOCK(&POOL_STATE->shared_lock);
}

/* Gives the thread a cache that nobody has. With more threads than caches some share one. */
static struct PoolCache *cache_attach(void) {
    struct PoolCache *cache;
    uint32_t index, seen;

    for (index = POOL_CACHE_FIRST; index < POOL_CACHE_COUNT; index++) {
        cache = POOL_CACHE(index);
        if (POOL_LOAD(cache->taken) || !pool_swap_if(&cache->taken, 0, 1))
            continue;
        pool_cache_prepare(cache, 1);
        cache->asked = 0;
        do {
            seen = POOL_LOAD(POOL_STATE->caches_seen);
        } while (seen <= index && !pool_swap_if(&POOL_STATE->caches_seen, seen, index + 1));
        pool_os_set_slot(POOL_SLOT_VALUE(cache), 1);
        return cache;
    }
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    return POOL_CACHE(POOL_CACHE_DEPARTED);
}

void pool_cache_prepare(struct PoolCache *cache, int room) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_SMALL_LIMIT;
    struct PoolStack *stack = cache->stacks;
    void **slot = (void **)(cache + 1);

    if (cache->ready)
        return;
    for (; class < end; class += 1, stack += 1) {
        stack->top = ++slot; /* above a NULL */
        stack->limit = slot;
        if (!room || class->stride == 0)
            continue;
        slot += class->capacity;
        stack->limit = slot;
        stack->stay_least = (uint16_t)pool_stay_least(class);
        stack->stay_span = (uint16_t)(class->max_size - stack->stay_least);
        stack->code = class->code;
    }
    POOL_RELEASE(cache->ready, (uint32_t)room);
}

/* The blocks stay in the cache for the thread that takes it next. A value that is not in this
 * thread's slot is that of a fiber, which any thread may end: it is left alone. What the thread
 * still frees on its way goes through the shared cache. */
POOL_THREAD_EXIT(pool_thread_exit) {
    struct PoolCache *cache = POOL_SLOT_CACHE(value);

    if (!pool_os_exits_with(value))
        return;
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    if (cache == POOL_CACHE(POOL_CACHE_DEPARTED)) /* the system had cleared it, and calls again */
        return;
    if (cache->scrap_owner != NULL)
        POOL_STORE(*cache->scrap_owner, SCRAP_NOBODY);
    cache->scrap_owner = NULL;
    cache->scrap_current = NULL;
    POOL_RELEASE(cache->taken, 0);
}
