/* The small-block pools of the vanilla heap: cells of one size each, in regions of 16 MB. What was
 * freed is reused at once, last in first out; of a freed cell only the first 8 bytes change. Its
 * memory is never given back. */
#ifndef STANDIN_POOL_H
#define STANDIN_POOL_H

#include "game.h"

#define POOL_SIZE_LIMIT 0x3fd /* psycho: sizes below are served by pools */

/* Fills the tables of the heap (0x00866770). */
void pools_construct(void);

/* A cell of so many bytes at least, or null where no region can be had. Any thread. */
void *pool_allocate(size_t size);

/* The pool whose region an address is in, or null. */
struct Pool *pool_of(const void *block);

/* Takes a cell back. What is no cell in use is left alone. Any thread. */
void pool_free(struct Pool *pool, void *block);

/* Bytes of each cell. */
size_t pool_cell_bytes(const struct Pool *pool);

#endif
