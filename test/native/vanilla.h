/* SPDX-License-Identifier: MIT */
/* A simulated game behind the layers of its heap and its scrap heaps: the originals, with counts of
 * their calls. Include it in place of pool_test.h. As in the game, its heap calls the hooked
 * malloc, resizes through its own hooked members, and knows its blocks by their place. */
#ifndef POOLNV_TEST_VANILLA_H
#define POOLNV_TEST_VANILLA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __i386__
#define THISCALL __attribute__((thiscall))
#else
#define THISCALL
#endif

/* 0 where not hooked. */
static struct {
    uintptr_t game_allocate, game_free, game_reallocate, game_msize;
    uintptr_t scrap_init_fixed, scrap_init, scrap_allocate, scrap_free, scrap_purge, scrap_current;
} vanilla;

#define ORIGINAL_game_allocate    vanilla.game_allocate
#define ORIGINAL_game_free        vanilla.game_free
#define ORIGINAL_game_reallocate  vanilla.game_reallocate
#define ORIGINAL_game_msize       vanilla.game_msize
#define ORIGINAL_scrap_init_fixed vanilla.scrap_init_fixed
#define ORIGINAL_scrap_init       vanilla.scrap_init
#define ORIGINAL_scrap_allocate   vanilla.scrap_allocate
#define ORIGINAL_scrap_free       vanilla.scrap_free
#define ORIGINAL_scrap_purge      vanilla.scrap_purge
#define ORIGINAL_scrap_current    vanilla.scrap_current

#include "pool_test.h"

#ifdef __i386__
void *THISCALL replace_game_allocate(void *self, size_t size);
void THISCALL replace_game_free(void *self, void *user);
void *THISCALL replace_game_reallocate(void *self, void *user, size_t size);
size_t THISCALL replace_game_msize(void *self, void *user);
void *THISCALL replace_scrap_init_fixed(void *self);
void *THISCALL replace_scrap_init(void *self, size_t size);
void *THISCALL replace_scrap_allocate(void *self, size_t size, size_t alignment);
void THISCALL replace_scrap_free(void *self, void *user);
void THISCALL replace_scrap_purge(void *self);
#endif

/* ---- the game's heap ---- */

/* The one object; what is not passed on as `this` is noticed. */
static char game_object[16];

#define ARENA_BYTES (4 * MB)

static struct {
    unsigned char arena[ARENA_BYTES];
    size_t top;
    int is_full; /* then it ends in malloc */
    uint32_t allocates, frees, reallocates, measures, wrong, live;
    pthread_mutex_t lock;
} game = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int in_arena(const void *user) {
    return (uintptr_t)user - (uintptr_t)game.arena < ARENA_BYTES;
}

static void *THISCALL vanilla_allocate(void *self, size_t size) {
    unsigned char *user = NULL;

    pthread_mutex_lock(&game.lock);
    game.allocates++;
    game.wrong += self != game_object;
    size = size < 9 ? 8 : (size + 3) & ~(size_t)3;
    if (!game.is_full && size <= ARENA_BYTES && game.top + size + 8 <= ARENA_BYTES) {
        user = game.arena + game.top + 8;
        game.top += size + 8;
        memcpy(user - 8, &size, sizeof size);
        game.live++;
    }
    pthread_mutex_unlock(&game.lock);
    return user != NULL ? user : replace_malloc(size);
}

static void THISCALL vanilla_free(void *self, void *user) {
    int mine = in_arena(user);

    pthread_mutex_lock(&game.lock);
    game.frees++;
    game.wrong += self != game_object || POOL_OWNS(user);
    game.live -= (uint32_t)mine;
    pthread_mutex_unlock(&game.lock);
    if (!mine)
        replace_free(user);
}

static size_t THISCALL vanilla_msize(void *self, void *user) {
    size_t size;

    game.measures++;
    game.wrong += self != game_object;
    if (!in_arena(user))
        return replace__msize(user);
    memcpy(&size, (char *)user - 8, sizeof size);
    return size;
}

static void *THISCALL vanilla_reallocate(void *self, void *user, size_t size) {
    size_t old = replace_game_msize(self, user);
    void *moved;

    game.reallocates++;
    game.wrong += self != game_object;
    if (old == 0)
        return replace_realloc(user, size);
    moved = replace_game_allocate(self, size);
    memcpy(moved, user, old < size ? old : size);
    replace_game_free(self, user);
    return moved;
}

/* ---- scrap heaps ---- */

struct VanillaScrap {
    unsigned char *base, *free, *end;
    struct VanillaBlock *last;
};

struct VanillaBlock {
    uint32_t size; /* with the high bit: freed */
    struct VanillaBlock *previous;
};

static struct {
    uint32_t inits, allocates, frees, purges, currents, buffers, wrong;
} scrap;

static void *THISCALL vanilla_scrap_init(void *self, size_t size) {
    struct VanillaScrap *heap = self;

    size = (size + 0xFFFF) & ~(size_t)0xFFFF;
    scrap.inits++;
    scrap.buffers++;
    heap->base = heap->free = malloc(size);
    heap->end = heap->base + size;
    heap->last = NULL;
    return self;
}

static void *THISCALL vanilla_scrap_init_fixed(void *self) {
    return vanilla_scrap_init(self, 0x10000);
}

static void *THISCALL vanilla_scrap_allocate(void *self, size_t size, size_t alignment) {
    struct VanillaScrap *heap = self;
    uintptr_t user = (uintptr_t)heap->free + sizeof(struct VanillaBlock) + alignment - 1;
    struct VanillaBlock *block;

    scrap.allocates++;
    user &= ~(uintptr_t)(alignment - 1);
    block = (struct VanillaBlock *)user - 1;
    if (heap->base == NULL || user + size > (uintptr_t)heap->end)
        return NULL;
    block->size = (uint32_t)size;
    block->previous = heap->last;
    heap->last = block;
    heap->free = (unsigned char *)((user + size + 15) & ~(uintptr_t)15);
    return block + 1;
}

static void THISCALL vanilla_scrap_free(void *self, void *user) {
    struct VanillaScrap *heap = self;
    struct VanillaBlock *block = (struct VanillaBlock *)user - 1;

    scrap.frees++;
    if (POOL_OWNS(user) || (unsigned char *)user <= heap->base ||
        (unsigned char *)user >= heap->end) {
        scrap.wrong++;
        return;
    }
    block->size |= 0x80000000u;
    while (heap->last != NULL && (heap->last->size & 0x80000000u) != 0) {
        heap->free = (unsigned char *)heap->last;
        heap->last = heap->last->previous;
    }
}

static void THISCALL vanilla_scrap_purge(void *self) {
    struct VanillaScrap *heap = self;

    scrap.purges++;
    scrap.buffers -= heap->base != NULL;
    free(heap->base);
    memset(heap, 0, sizeof *heap);
}

static __thread struct VanillaScrap thread_scrap;

static void *vanilla_scrap_current(void) {
    POOL_ADD(scrap.currents, 1);
    if (thread_scrap.base == NULL)
        replace_scrap_init_fixed(&thread_scrap);
    return &thread_scrap;
}

/* A fresh pool with the game behind it. */
static void vanilla_open(size_t region_bytes, enum PoolStrategy strategy) {
    native_open(region_bytes, strategy);
    game.top = 0;
    game.is_full = 0;
    game.allocates = game.frees = game.reallocates = game.measures = game.wrong = game.live = 0;
    memset(&scrap, 0, sizeof scrap);
    vanilla.game_allocate = (uintptr_t)vanilla_allocate;
    vanilla.game_free = (uintptr_t)vanilla_free;
    vanilla.game_reallocate = (uintptr_t)vanilla_reallocate;
    vanilla.game_msize = (uintptr_t)vanilla_msize;
    vanilla.scrap_init_fixed = (uintptr_t)vanilla_scrap_init_fixed;
    vanilla.scrap_init = (uintptr_t)vanilla_scrap_init;
    vanilla.scrap_allocate = (uintptr_t)vanilla_scrap_allocate;
    vanilla.scrap_free = (uintptr_t)vanilla_scrap_free;
    vanilla.scrap_purge = (uintptr_t)vanilla_scrap_purge;
    vanilla.scrap_current = (uintptr_t)vanilla_scrap_current;
}

#endif
