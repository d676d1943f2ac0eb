/* The calls that the program's work makes, by the game's entry points and no other way, counted. */
#ifndef STANDIN_CALLS_H
#define STANDIN_CALLS_H

#include "actor.h"

/* The C runtime; both entry points of each purpose by turns. */
void *call_malloc(struct Actor *actor, size_t size);
void *call_calloc(struct Actor *actor, size_t count, size_t size);
void *call_realloc(struct Actor *actor, void *block, size_t size);
void *call_recalloc(struct Actor *actor, void *block, size_t count, size_t size);
size_t call_msize(struct Actor *actor, void *block);
void call_free(struct Actor *actor, void *block);

/* The game's heap: its members and their wrappers by turns. */
void *call_heap_allocate(struct Actor *actor, size_t size);
void *call_heap_reallocate(struct Actor *actor, void *block, size_t size);
size_t call_heap_msize(struct Actor *actor, void *block);
void call_heap_free(struct Actor *actor, void *block);

/* Scrap heaps. */
struct ScrapHeap *call_scrap_of_thread(struct Actor *actor);
void call_scrap_construct(struct Actor *actor, struct ScrapHeap *heap, size_t size);
void *call_scrap_allocate(struct Actor *actor, struct ScrapHeap *heap, size_t size,
                          size_t alignment);
void call_scrap_free(struct Actor *actor, struct ScrapHeap *heap, void *block);
void call_scrap_destroy(struct Actor *actor, struct ScrapHeap *heap);

#endif
