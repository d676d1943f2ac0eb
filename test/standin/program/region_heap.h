/* The heaps for what is too large for a pool: a stretch of address space each, whose freed blocks
 * are reused for requests of the same class. */
#ifndef STANDIN_REGION_HEAP_H
#define STANDIN_REGION_HEAP_H

#include "game.h"

/* Makes a heap of so many bytes.
 *
 * name: kept
 * keeps_blocks: whether nothing in it can be freed, as in the Static Heap
 * returns: null where there is no address space */
struct RegionHeap *region_heap_construct(const char *name, uint32_t bytes, int keeps_blocks);

/* A block aligned to 16, or null when the heap is full. Any thread. */
void *region_heap_allocate(struct RegionHeap *heap, size_t size);

/* The heap an address is in, or null. */
struct RegionHeap *region_heap_of(const void *block);

/* Through the heap's table of members, as the game does. Any thread. */
void region_heap_free(struct RegionHeap *heap, void *block);
size_t region_heap_msize(struct RegionHeap *heap, void *block);

#endif
