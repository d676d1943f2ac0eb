/* SPDX-License-Identifier: MIT */
#include "game_heap.h"

#ifdef ORIGINAL_game_allocate

static void *game_block(size_t size, size_t room);
static void *game_original(void *self, size_t size);
static void *game_move(void *self, void *user, size_t size, size_t old);
static uintptr_t game_ask(uintptr_t original, void *self, uintptr_t argument);

void *ENGINE_COLD(game_allocate)(void *self, size_t size) {
    void *user = NULL;

    if (size == 0)
        size = GAME_ZERO_BYTES;
    if (POOL_ACTIVE)
        user = game_block(size, size);
    return user != NULL ? user : game_original(self, size);
}

/* A block of the pool, counted as this layer's, or NULL. */
static void *game_block(size_t size, size_t room) {
    struct PoolCache *cache;
    void *user;

    if (room > size)
        user = pool_alloc_roomy(size, room);
    else
        user = size <= POOL_TINY_MAX ? pool_alloc_tiny(size) : POOL_ALLOC(size);
    if (user == NULL)
        return NULL;
    cache = pool_cache_enter();
    POOL_COUNT_OWN(cache->game_allocs);
    pool_cache_leave(cache);
    return user;
}

/* The game's own heap ends in malloc when it has nothing left, which is ours as well: what comes
 * from there is a block of the pool after all, or of the heap behind malloc, and either finds its
 * way back through any layer's free. Nothing leads from malloc to here. */
static void *game_original(void *self, size_t size) {
    void *user = NULL;

    if (ORIGINAL_game_allocate != 0)
        user = (void *)game_ask(ORIGINAL_game_allocate, self, size);
    if (user != NULL && POOL_ACTIVE && !POOL_OWNS(user))
        POOL_COUNT(POOL_STATE->events.game_fallbacks);
    return user;
}

/* What the original asks of the C runtime meanwhile is not counted there. The shared cache is that
 * of several threads, so that it can't say for one of them. */
static uintptr_t game_ask(uintptr_t original, void *self, uintptr_t argument) {
    struct PoolCache *cache = pool_cache_enter();
    int own = cache != POOL_CACHE(POOL_CACHE_SHARED);
    uintptr_t answer;

    pool_cache_leave(cache);
    if (own)
        cache->asked++;
    answer = engine_call_1(original, self, argument);
    if (own && cache->asked != 0)
        cache->asked--;
    return answer;
}

void ENGINE_COLD(game_free)(void *self, void *user) {
    struct PoolCache *cache;

    if (POOL_OWNS(user)) {
        pool_free(user);
        return;
    }
    cache = pool_cache_enter();
    POOL_COUNT_OWN(*(user != NULL ? &cache->foreign_frees : &cache->null_frees));
    pool_cache_leave(cache);
    if (user != NULL && ORIGINAL_game_free != 0)
        game_ask(ORIGINAL_game_free, self, (uintptr_t)user);
}

/* ---- resizing ---- */

static void *game_foreign_move(void *self, void *user, size_t size);

void *ENGINE_COLD(game_reallocate)(void *self, void *user, size_t size) {
    struct PoolCache *cache = pool_cache_enter();
    size_t old;

    POOL_COUNT_OWN(cache->reallocs);
    pool_cache_leave(cache);
    if (user == NULL)
        return ENGINE_COLD(game_allocate)(self, size);
    if (!POOL_OWNS(user))
        return game_foreign_move(self, user, size);
    if (size == 0) {
        if (pool_size(user, &old) != POOL_OK)
            return ENGINE_COLD(game_allocate)(self, 0);
        return game_move(self, user, 0, 0);
    }
    switch (pool_resize(user, size, &old, 0)) {
    case POOL_OK:
        return user;
    case POOL_MOVE:
        return game_move(self, user, size, old);
    default: /* counted; copying would trust a size that nobody vouches for */
        return ENGINE_COLD(game_allocate)(self, size);
    }
}

/* NULL leaves the block as it was. */
static void *game_move(void *self, void *user, size_t size, size_t old) {
    size_t room = pool_roomy(size, old);
    void *moved = NULL;

    if (room > size && POOL_ACTIVE)
        moved = game_block(size, room);
    if (moved == NULL)
        moved = ENGINE_COLD(game_allocate)(self, size);
    if (moved == NULL)
        return NULL;
    pool_copy(moved, user, old < size ? old : size);
    pool_free_moved(user);
    return moved;
}

/* The original is made of the members we replaced: it measures, allocates, copies and frees through
 * them, so that the block moves into the pool. */
static void *game_foreign_move(void *self, void *user, size_t size) {
    size_t old;
    void *moved;

    if (ORIGINAL_game_reallocate != 0)
        return (void *)engine_call_2(ORIGINAL_game_reallocate, self, (uintptr_t)user, size);
    old = ENGINE_COLD(game_msize)(self, user);
    moved = ENGINE_COLD(game_allocate)(self, size);
    if (moved == NULL)
        return NULL;
    pool_copy(moved, user, old < size ? old : size);
    ENGINE_COLD(game_free)(self, user);
    return moved;
}

/* The game takes 0 for a block that is not its own; the C runtime's layer has blocks of 0 bytes. */
size_t ENGINE_COLD(game_msize)(void *self, void *user) {
    size_t size;

    if (!POOL_OWNS(user))
        return user != NULL && ORIGINAL_game_msize != 0
                   ? game_ask(ORIGINAL_game_msize, self, (uintptr_t)user)
                   : 0;
    if (pool_size(user, &size) != POOL_OK)
        return 0;
    return size != 0 ? size : 1;
}

#endif
