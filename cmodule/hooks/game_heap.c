/* SPDX-License-Identifier: MIT */
#include "game_heap.h"

#include "../pool/internal.h"

#ifdef ORIGINAL_game_allocate

static void *game_block(size_t size, size_t capacity);
static void *game_original(void *self, size_t size);
static void *game_move(void *self, void *user, size_t size, size_t old);
static uintptr_t call_original(uintptr_t original, void *self, uintptr_t argument);

void *THISCALL_SLOW(game_allocate)(void *self, size_t size) {
    void *user = NULL;

    if (size == 0)
        size = GAME_ZERO_BYTES;
    if (POOL_ACTIVE)
        user = game_block(size, size);
    return user != NULL ? user : game_original(self, size);
}

/* A block of the pool, counted for this layer, or NULL. */
static void *game_block(size_t size, size_t capacity) {
    struct PoolCache *cache;
    void *user;

    if (capacity > size)
        user = pool_alloc_with_capacity(size, capacity);
    else
        user = size <= POOL_TINY_MAX ? pool_alloc_tiny(size) : POOL_ALLOC(size);
    if (user == NULL)
        return NULL;
    cache = pool_cache_enter();
    POOL_COUNT_OWN(cache->game_allocs);
    pool_cache_leave(cache);
    return user;
}

/* When the game's own heap is full, it calls malloc, which is hooked too: then the block is of the
 * pool after all, or of the heap behind malloc; any layer frees either. malloc never calls this. */
static void *game_original(void *self, size_t size) {
    void *user = NULL;

    if (ORIGINAL_game_allocate != 0)
        user = (void *)call_original(ORIGINAL_game_allocate, self, size);
    if (user != NULL && POOL_ACTIVE && !POOL_OWNS(user))
        POOL_COUNT(POOL_STATE->events.game_fallbacks);
    return user;
}

/* What the original requests from the C runtime is not counted there. The shared cache is used by
 * several threads, so it can't record that for one of them. */
static uintptr_t call_original(uintptr_t original, void *self, uintptr_t argument) {
    struct PoolCache *cache = pool_cache_enter();
    int own = cache != POOL_CACHE(POOL_CACHE_SHARED);
    uintptr_t result;

    pool_cache_leave(cache);
    if (own)
        cache->in_original++;
    result = thiscall_1(original, self, argument);
    if (own && cache->in_original != 0)
        cache->in_original--;
    return result;
}

void THISCALL_SLOW(game_free)(void *self, void *user) {
    struct PoolCache *cache;

    if (POOL_OWNS(user)) {
        pool_free(user);
        return;
    }
    cache = pool_cache_enter();
    POOL_COUNT_OWN(*(user != NULL ? &cache->foreign_frees : &cache->null_frees));
    pool_cache_leave(cache);
    if (user != NULL && ORIGINAL_game_free != 0)
        call_original(ORIGINAL_game_free, self, (uintptr_t)user);
}

/* ---- resizing ---- */

static void *game_foreign_move(void *self, void *user, size_t size);

void *THISCALL_SLOW(game_reallocate)(void *self, void *user, size_t size) {
    struct PoolCache *cache = pool_cache_enter();
    size_t old;

    POOL_COUNT_OWN(cache->reallocs);
    pool_cache_leave(cache);
    if (user == NULL)
        return THISCALL_SLOW(game_allocate)(self, size);
    if (!POOL_OWNS(user))
        return game_foreign_move(self, user, size);
    if (size == 0) {
        if (pool_size(user, &old) != POOL_OK)
            return THISCALL_SLOW(game_allocate)(self, 0);
        return game_move(self, user, 0, 0);
    }
    switch (pool_resize(user, size, &old, 0)) {
    case POOL_OK:
        return user;
    case POOL_MOVE:
        return game_move(self, user, size, old);
    default: /* counted; the size is not trustworthy, so nothing is copied */
        return THISCALL_SLOW(game_allocate)(self, size);
    }
}

/* NULL: the block is unchanged. */
static void *game_move(void *self, void *user, size_t size, size_t old) {
    size_t capacity = pool_growth_capacity(size, old);
    void *moved = NULL;

    if (capacity > size && POOL_ACTIVE)
        moved = game_block(size, capacity);
    if (moved == NULL)
        moved = THISCALL_SLOW(game_allocate)(self, size);
    if (moved == NULL)
        return NULL;
    pool_copy(moved, user, old < size ? old : size);
    pool_free_moved(user);
    return moved;
}

/* The original calls the members that are hooked: it measures, allocates, copies and frees through
 * them, so that the block moves into the pool. */
static void *game_foreign_move(void *self, void *user, size_t size) {
    size_t old;
    void *moved;

    if (ORIGINAL_game_reallocate != 0)
        return (void *)thiscall_2(ORIGINAL_game_reallocate, self, (uintptr_t)user, size);
    old = THISCALL_SLOW(game_msize)(self, user);
    moved = THISCALL_SLOW(game_allocate)(self, size);
    if (moved == NULL)
        return NULL;
    pool_copy(moved, user, old < size ? old : size);
    THISCALL_SLOW(game_free)(self, user);
    return moved;
}

/* To the game 0 means that a block is not its own; the C runtime's layer has blocks of 0 bytes. */
size_t THISCALL_SLOW(game_msize)(void *self, void *user) {
    size_t size;

    if (!POOL_OWNS(user))
        return user != NULL && ORIGINAL_game_msize != 0
                   ? call_original(ORIGINAL_game_msize, self, (uintptr_t)user)
                   : 0;
    if (pool_size(user, &size) != POOL_OK)
        return 0;
    return size != 0 ? size : 1;
}

#endif
