#include "calls.h"

#include "variables.h"

static int takes_second(struct Actor *actor) { return ++actor->turn % 2 == 0; }

void *call_malloc(struct Actor *actor, size_t size) {
    actor->calls.malloc++;
    return takes_second(actor) ? game.crt_malloc_crt(size) : game.crt_malloc(size);
}

void *call_calloc(struct Actor *actor, size_t count, size_t size) {
    actor->calls.calloc++;
    return takes_second(actor) ? game.crt_calloc_crt(count, size) : game.crt_calloc(count, size);
}

void *call_realloc(struct Actor *actor, void *block, size_t size) {
    actor->calls.realloc++;
    return takes_second(actor) ? game.crt_realloc_crt(block, size) : game.crt_realloc(block, size);
}

void *call_recalloc(struct Actor *actor, void *block, size_t count, size_t size) {
    actor->calls.recalloc++;
    return takes_second(actor) ? game.crt_recalloc_crt(block, count, size)
                               : game.crt_recalloc(block, count, size);
}

size_t call_msize(struct Actor *actor, void *block) {
    actor->calls.msize++;
    return game.crt_msize(block);
}

void call_free(struct Actor *actor, void *block) {
    actor->calls.free++;
    game.crt_free(block);
}

void *call_heap_allocate(struct Actor *actor, size_t size) {
    actor->calls.heap_allocate++;
    switch (++actor->turn % 4) {
    case 0:
        return game.heap_allocate(game.form_heap(), size);
    case 1:
        return game.ni_allocate(size);
    default:
        return game.form_allocate(size);
    }
}

void *call_heap_reallocate(struct Actor *actor, void *block, size_t size) {
    actor->calls.heap_reallocate++;
    return takes_second(actor) ? game.heap_reallocate_2(MEMORY_HEAP, block, size)
                               : game.heap_reallocate(MEMORY_HEAP, block, size);
}

size_t call_heap_msize(struct Actor *actor, void *block) {
    actor->calls.heap_msize++;
    return game.heap_msize(MEMORY_HEAP, block);
}

void call_heap_free(struct Actor *actor, void *block) {
    actor->calls.heap_free++;
    switch (++actor->turn % 4) {
    case 0:
        game.heap_free(MEMORY_HEAP, block);
        return;
    case 1:
        game.ni_free(block);
        return;
    default:
        game.form_free(block);
    }
}

struct ScrapHeap *call_scrap_of_thread(struct Actor *actor) {
    actor->calls.scrap_of_thread++;
    return game.scrap_of_thread();
}

void call_scrap_construct(struct Actor *actor, struct ScrapHeap *heap, size_t size) {
    actor->calls.scrap_construct++;
    if (size == 0)
        game.scrap_construct(heap);
    else
        game.scrap_construct_sized(heap, size);
}

void *call_scrap_allocate(struct Actor *actor, struct ScrapHeap *heap, size_t size,
                          size_t alignment) {
    actor->calls.scrap_allocate++;
    return game.scrap_allocate(heap, size, alignment);
}

void call_scrap_free(struct Actor *actor, struct ScrapHeap *heap, void *block) {
    actor->calls.scrap_free++;
    game.scrap_free(heap, block);
}

void call_scrap_destroy(struct Actor *actor, struct ScrapHeap *heap) {
    actor->calls.scrap_destroy++;
    game.scrap_destroy(heap);
}
