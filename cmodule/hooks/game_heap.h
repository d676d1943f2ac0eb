/* SPDX-License-Identifier: MIT */
/* The layer `gameheap`: the members of the game's MemoryHeap that allocate, free, resize and
 * measure. Blocks are shared with the layer of the C runtime: either layer frees what the other
 * allocated. Any thread, at any time.
 *
 * Blocks are 16-byte aligned from 13 bytes up, 8-byte aligned below (the game's own: 4). They are
 * not zeroed. Pointers outside the pool go to the game's own heap. */
#ifndef POOLNV_GAME_HEAP_H
#define POOLNV_GAME_HEAP_H

#include "../pool/pool.h"
#include "thiscall.h"

/* thiscall on i386, as all entries of this layer. A size of 0 gives a live block of 8 bytes. If the
 * pool is full or off, the game's own heap serves the request; NULL only if that fails too. */
#define GAME_ZERO_BYTES 8u
void *THISCALL_SLOW(game_allocate)(void *self, size_t size);

/* Ignores NULL. Ignores and counts a pointer into the region at which no live block begins: the
 * engine frees blocks twice, and pointers into blocks, and its own heap tolerates that. */
void THISCALL_SLOW(game_free)(void *self, void *user);

/* As the game's own: allocates for NULL; a size of 0 gives a block as game_allocate does. If `user`
 * is not a live block, returns a new block with undefined content instead of NULL. */
void *THISCALL_SLOW(game_reallocate)(void *self, void *user, size_t size);

/* Bytes requested, at least 1; 0 for NULL and for pointers that are no live block. */
size_t THISCALL_SLOW(game_msize)(void *self, void *user);

#endif
