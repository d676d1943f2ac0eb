/* SPDX-License-Identifier: MIT */
/* The entry points of the layer `scrapheap`; thiscall on i386, but for scrap_current. Any thread;
 * what may be done at the same time, scrap_heap.h says. */
#ifndef POOLNV_SCRAP_CALLS_H
#define POOLNV_SCRAP_CALLS_H

#include "engine_call.h"

/* Constructors: the object is forgotten, whatever it held, and empty. They return it. `size`, which
 * the original reserves, is not used: chunks come when they are needed. */
void *ENGINE_COLD(scrap_init_fixed)(void *self);
void *ENGINE_COLD(scrap_init)(void *self, size_t size);

/* A block, aligned to 16 bytes or to `alignment`, a power of two, where that is more. NULL only
 * where neither the pool nor what lies behind it has room. */
void *ENGINE_COLD(scrap_allocate)(void *self, size_t size, size_t alignment);

/* Ignores NULL. Ignores and counts what is no live block. */
void ENGINE_COLD(scrap_free)(void *self, void *user);

/* Gives back all blocks and all chunks. The object may be used again without initialising it. */
void ENGINE_COLD(scrap_purge)(void *self);

/* The calling thread's heap: the one the game gives it, if it can be asked, else one of ours. */
void *replace_scrap_current(void);

#endif
