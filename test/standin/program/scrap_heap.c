/* Vanilla scrap heaps: each hands out its buffer from the bottom up, with a header before every
 * block, and goes back as far as its newest blocks are freed. A heap belongs to one thread. */
#include "actor.h"
#include "findings.h"
#include "lock.h"
#include "upkeep.h"
#include "variables.h"

#define BUFFER_BYTES      0x10000
#define THREAD_HEAP_BYTES 0x80000
#define THREADS           64
#define FREED             0x80000000u

/* RTM: 8 bytes before each block. */
struct ScrapBlock {
    uint32_t size; /* with FREED */
    struct ScrapBlock *previous;
};

struct ThreadHeap {
    DWORD thread;
    struct ScrapHeap heap;
};

static struct ScrapHeapManager manager;
static int manager_is_constructed;
static struct ThreadHeap thread_heaps[THREADS];
static volatile LONG thread_count, thread_lock;

static uint8_t *take_buffer(uint32_t bytes);
static void give_buffer(uint8_t *buffer, uint32_t bytes);
static uintptr_t align(uintptr_t address, size_t alignment);

void __thiscall vanilla_scrap_construct(struct ScrapHeap *heap) {
    vanilla_scrap_construct_sized(heap, BUFFER_BYTES);
}

void __thiscall vanilla_scrap_construct_sized(struct ScrapHeap *heap, size_t size) {
    size_t bytes = align(size, BUFFER_BYTES);
    actor_here()->arrivals.scrap_construct++;
    heap->base = heap->free = take_buffer(bytes);
    heap->end = heap->base == 0 ? 0 : heap->base + bytes;
    heap->last = 0;
}

void *__thiscall vanilla_scrap_allocate(struct ScrapHeap *heap, size_t size, size_t alignment) {
    uintptr_t begin =
        align((uintptr_t)heap->free + sizeof(struct ScrapBlock), alignment < 4 ? 4 : alignment);
    struct ScrapBlock *header = (struct ScrapBlock *)begin - 1;
    actor_here()->arrivals.scrap_allocate++;
    if (heap->base == 0 || begin > (uintptr_t)heap->end || size > (uintptr_t)heap->end - begin)
        return 0;
    header->size = (uint32_t)size;
    header->previous = heap->last;
    heap->last = header;
    heap->free = (uint8_t *)align(begin + size, 4);
    return header + 1;
}

void __thiscall vanilla_scrap_free(struct ScrapHeap *heap, void *block) {
    actor_here()->arrivals.scrap_free++;
    if (block == 0)
        return;
    ((struct ScrapBlock *)block - 1)->size |= FREED;
    while (heap->last != 0 && (heap->last->size & FREED) != 0) {
        heap->free = (uint8_t *)heap->last;
        heap->last = heap->last->previous;
    }
}

void __thiscall vanilla_scrap_destroy(struct ScrapHeap *heap) {
    actor_here()->arrivals.scrap_destroy++;
    if (heap->base != 0)
        give_buffer(heap->base, (uint32_t)(heap->end - heap->base));
    heap->base = heap->free = heap->end = 0;
    heap->last = 0;
}

struct ScrapHeap *__cdecl vanilla_scrap_of_thread(void) {
    DWORD thread = GetCurrentThreadId();
    struct ThreadHeap *found = 0;
    LONG i;
    actor_here()->arrivals.scrap_of_thread++;
    for (i = 0; i < thread_count && found == 0; i++)
        if (thread_heaps[i].thread == thread)
            found = &thread_heaps[i];
    if (found != 0)
        return &found->heap;
    lock(&thread_lock);
    if (thread_count < THREADS) {
        found = &thread_heaps[thread_count];
        found->thread = thread;
        game.scrap_construct_sized(&found->heap, THREAD_HEAP_BYTES);
        InterlockedIncrement(&thread_count);
    }
    unlock(&thread_lock);
    return found == 0 ? 0 : &found->heap;
}

void __thiscall vanilla_scrap_manager_construct(struct ScrapHeapManager *constructed) {
    UPKEEP->construct_scrap_manager++;
    constructed->count = 0;
    constructed->lock = 0;
}

struct ScrapHeapManager *__cdecl vanilla_scrap_manager(void) {
    UPKEEP->ask_scrap_manager++;
    if (!manager_is_constructed) {
        game.scrap_manager_construct(&manager);
        manager_is_constructed = 1;
    }
    return &manager;
}

void __thiscall vanilla_scrap_manager_release(struct ScrapHeapManager *released) {
    UPKEEP->release_scrap_buffers++;
    lock(&released->lock);
    while (released->count != 0)
        VirtualFree(released->buffers[--released->count], 0, MEM_RELEASE);
    unlock(&released->lock);
}

/* A buffer of the usual size comes from the manager where it keeps one. */
static uint8_t *take_buffer(uint32_t bytes) {
    struct ScrapHeapManager *keeper = game.scrap_manager();
    uint8_t *buffer = 0;
    lock(&keeper->lock);
    if (bytes == BUFFER_BYTES && keeper->count != 0)
        buffer = keeper->buffers[--keeper->count];
    unlock(&keeper->lock);
    return buffer != 0 ? buffer : VirtualAlloc(0, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

static void give_buffer(uint8_t *buffer, uint32_t bytes) {
    struct ScrapHeapManager *keeper = game.scrap_manager();
    int kept = 0;
    lock(&keeper->lock);
    if (bytes == BUFFER_BYTES && keeper->count < sizeof keeper->buffers / sizeof(uint8_t *)) {
        keeper->buffers[keeper->count++] = buffer;
        kept = 1;
    }
    unlock(&keeper->lock);
    if (!kept)
        VirtualFree(buffer, 0, MEM_RELEASE);
}

static uintptr_t align(uintptr_t address, size_t alignment) {
    return (address + alignment - 1) & ~(uintptr_t)(alignment - 1);
}
