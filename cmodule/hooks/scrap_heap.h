/* SPDX-License-Identifier: MIT */
/* The layer `scrapheap`: the game's ScrapHeaps, for short-lived blocks. A heap hands out blocks
 * from the bottom of its chunk up, and goes back down when its newest blocks are freed.
 *
 * The game's object ({base, commitStart, commitEnd, lastBlock}, 16 bytes, opaque to its callers)
 * only identifies the heap: the state is in a record in the metadata, found by the object's
 * address. If the object's first word is the address of our region (SCRAP_MARK), it was initialised
 * or purged here; otherwise it has the game's form and is not written. So the pool can be installed
 * in a running game. A heap that existed before
 *
 *   - gets a record with its next allocation and then hands out blocks of the pool;
 *   - still has older blocks, outside the region: freeing one calls the original, which finds the
 *     object and its chain of blocks unchanged;
 *   - is purged by the original too when it is purged, and then gets the mark. An initialisation
 *     marks it at once, without the original: that would forget its buffer as well.
 *
 * Threads. The thread that first allocates from a heap owns its record and alone uses the line
 * `own`, without a lock. As a rule only one thread uses a heap; others that allocate from it use
 * the line `shared`, under the record's lock. The owner frees by going back over its blocks, other
 * threads by one atomic change of the block's state; the owner goes back over blocks so marked with
 * its next free, or when a chunk is full. No thread reads or writes the `own` line of another.
 * Initialising or purging a heap that other threads use is an error of the program, as it is with
 * the original. */
#ifndef POOLNV_SCRAP_HEAP_H
#define POOLNV_SCRAP_HEAP_H

#include "../pool/pool.h"
#include "thiscall.h"

/* ---- scrap_heap.c: entry points, any thread; thiscall on i386, but for scrap_current ---- */

/* Constructors: the object's former content is forgotten. They return it. `size`, which the
 * original reserves, is ignored: chunks are allocated on demand. */
void *THISCALL_SLOW(scrap_init_fixed)(void *self);
void *THISCALL_SLOW(scrap_init)(void *self, size_t size);

/* A block aligned to `alignment`, a power of two, or to 16 bytes if that is more. NULL only if
 * neither the pool nor the original has memory. */
void *THISCALL_SLOW(scrap_allocate)(void *self, size_t size, size_t alignment);

/* Ignores NULL. Ignores and counts pointers that are no live block. */
void THISCALL_SLOW(scrap_free)(void *self, void *user);

/* Releases all blocks and chunks. The object may be used again without initialising it. */
void THISCALL_SLOW(scrap_purge)(void *self);

/* The calling thread's heap: the game's if the game can be asked, else one of ours. */
void *replace_scrap_current(void);

/* ---- scrap_chunk.c: lines and their chunks. The caller owns the line or holds its lock ---- */

#define SCRAP_HEADER    16u /* bytes of a header */
#define SCRAP_BLOCK(at) ((struct ScrapBlock *)POOL_AT(at))

/* A block or NULL; alignment is a power of two, at least 16. */
void *scrap_line_take(struct ScrapLine *line, uint32_t line_id, size_t size, size_t alignment);

/* Goes back over the freed blocks at the end of the line. */
void scrap_line_rewind(struct ScrapLine *line);

/* Releases all chunks. */
void scrap_line_drop(struct ScrapLine *line);

/* True if there is a header of a block, live or freed, at that offset of a chunk with that key. */
int scrap_is_block(uint32_t at, uint32_t chunk_key);

#endif
