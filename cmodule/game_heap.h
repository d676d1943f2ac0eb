/* SPDX-License-Identifier: MIT */
/* The layer `gameheap`: the members of the game's MemoryHeap that allocate, free, resize and
 * measure. Their blocks are the pool's, as those of the C runtime's layer are: either layer frees
 * what the other allocated. Any thread, at any time.
 *
 * Blocks are 16-byte aligned from 13 bytes up, 8-byte aligned below (the game's own: 4). They are
 * not zeroed. What is no block of the pool goes to the game's own heap. */
#ifndef POOLNV_GAME_HEAP_H
#define POOLNV_GAME_HEAP_H

#include "engine_call.h"

/* thiscall on i386, as all entries of this layer. A live block, also for a size of 0, where it has
 * 8 bytes. What the pool does not serve, being full, off or of the bump strategy and at its end,
 * the game's own heap does; NULL only where that has nothing either. */
#define GAME_ZERO_BYTES 8u
void *ENGINE_COLD(game_allocate)(void *self, size_t size);

/* Ignores NULL. Ignores and counts a pointer into the region at which no live block begins: the
 * engine frees twice, and in the middle of blocks, and its own heap bears that. */
void ENGINE_COLD(game_free)(void *self, void *user);

/* As the game's own: of NULL it allocates; a size of 0 gives a block like that of game_allocate.
 * The result is never where nothing is live: what was passed being no live block, a new block whose
 * bytes are anything. */
void *ENGINE_COLD(game_reallocate)(void *self, void *user, size_t size);

/* Bytes asked for, at least 1; 0 of NULL and of what is no live block. */
size_t ENGINE_COLD(game_msize)(void *self, void *user);

#endif
