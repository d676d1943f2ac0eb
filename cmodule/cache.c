/* SPDX-License-Identifier: MIT */
/* Caches: each thread's own free blocks, so that it takes and gives without a lock or a locked
 * instruction. A block has no owner; a thread keeps whatever it frees, wherever it came from, and
 * exchanges batches with the spans when a stack is empty or full. */
#include "pool.h"

static void *stack_refill(struct PoolStack *stack, struct PoolClass *class);
static void stack_shed(struct PoolStack *stack, struct PoolClass *class, uint32_t count);
static struct PoolCache *cache_attach(void);
static void cache_empty(struct PoolCache *cache);
static void cache_detach(struct PoolCache *cache);

/* ---- one block ---- */

void *pool_cache_take(uint32_t size, uint32_t room) {
    struct PoolClass *class = pool_class_for(room);
    struct PoolCache *cache = pool_cache_enter();
    struct PoolStack *stack = &cache->stacks[class->index];
    void **top = stack->top, *user = top[-1];

    if (user == NULL)
        user = stack_refill(stack, class);
    else
        POOL_STORE(stack->top, top - 1);
    if (user != NULL) {
        pool_header_write(user, size, POOL_CLASS_KEY(class->index), POOL_MAGIC_LIVE);
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

/* One block, and a batch onto the empty stack. */
static void *stack_refill(struct PoolStack *stack, struct PoolClass *class) {
    void **base = stack->top, *user;
    uint32_t taken;

    POOL_LOCK(&class->lock);
    taken = pool_span_take(class, base, class->batch);
    /* Within the lock: whoever forks or walks sees each block in one place. */
    if (taken != 0)
        POOL_STORE(stack->top, base + taken - 1);
    POOL_UNLOCK(&class->lock);
    if (taken == 0)
        return NULL;
    user = base[taken - 1];
    pool_out_more(taken * class->stride);
    return user;
}

/* The lowest blocks of the stack, unused for the longest time, go back. */
static void stack_shed(struct PoolStack *stack, struct PoolClass *class, uint32_t count) {
    void **base = stack->limit - class->capacity;
    uint32_t level = (uint32_t)(stack->top - base);

    POOL_LOCK(&class->lock);
    pool_span_give(class, base, count);
    memmove(base, base + count, (level - count) * sizeof *base);
    POOL_STORE(stack->top, stack->top - count);
    POOL_UNLOCK(&class->lock);
    pool_out_less(count * class->stride);
}

static void cache_empty(struct PoolCache *cache) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_STATE->class_count;
    struct PoolStack *stack = cache->stacks;
    uint32_t level;

    for (; class < end; class += 1, stack += 1) {
        level = (uint32_t)(stack->top - (stack->limit - class->capacity));
        if (level != 0)
            stack_shed(stack, class, level);
    }
}

void pool_cache_flush(void) {
    struct PoolCache *cache = pool_cache_enter();
    cache_empty(cache);
    pool_cache_leave(cache);
}

/* ---- which cache ---- */

struct PoolCache *pool_cache_enter(void) {
    struct PoolCache *cache = pool_os_cache();

    if (cache == NULL)
        cache = cache_attach();
    if (cache != POOL_CACHE(POOL_CACHE_ABSENT))
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
    uint32_t index;

    for (index = POOL_CACHE_ABSENT + 1; index < POOL_CACHE_COUNT; index++) {
        cache = POOL_CACHE(index);
        if (POOL_LOAD(cache->taken) || !pool_swap_if(&cache->taken, 0, 1))
            continue;
        pool_cache_prepare(cache, 1);
        while (POOL_LOAD(POOL_STATE->caches_seen) <= index)
            pool_swap_if(&POOL_STATE->caches_seen, POOL_LOAD(POOL_STATE->caches_seen), index + 1);
        pool_os_set_cache(cache, 1);
        return cache;
    }
    cache = POOL_CACHE(POOL_CACHE_ABSENT);
    pool_os_set_cache(cache, 0);
    return cache;
}

void pool_cache_prepare(struct PoolCache *cache, int room) {
    struct PoolClass *class = POOL_STATE->classes, *end = class + POOL_SMALL_LIMIT;
    struct PoolStack *stack = cache->stacks;
    void **slot = (void **)(cache + 1);

    if (cache->ready)
        return;
    for (; class < end; class += 1, stack += 1) {
        stack->top = ++slot; /* above a NULL */
        if (room)
            slot += class->capacity;
        stack->limit = slot;
        if (class->stride == 0 || !room)
            continue;
        stack->stay_least = pool_stay_least(class);
        stack->stay_span = class->max_size - stack->stay_least;
    }
    POOL_RELEASE(cache->ready, 1);
}

/* The value in the thread's slot is another one's when a fiber ends: that is left alone. */
POOL_THREAD_EXIT(pool_thread_exit) {
    if (cache == POOL_CACHE(POOL_CACHE_ABSENT))
        pool_os_set_cache(cache, 0); /* once more: the system has just cleared it */
    else if (pool_os_exits_with(cache))
        cache_detach(cache);
}

/* What the thread still frees on its way goes through the shared cache. */
static void cache_detach(struct PoolCache *cache) {
    pool_os_set_cache(POOL_CACHE(POOL_CACHE_ABSENT), 0);
    cache_empty(cache);
    POOL_RELEASE(cache->taken, 0);
}
