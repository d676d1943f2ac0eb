/* The vanilla heap of the game: pools for small blocks, the heap of the thread's memory context for
 * others, then the primary one, at last the C runtime. */
#include "actor.h"
#include "memory.h"
#include "pool.h"
#include "region_heap.h"
#include "thread_block.h"
#include "upkeep.h"

/* Sizes of the three heaps (psycho, audit of 0x00866E00). */
#define DEFAULT_HEAP_BYTES 0x0c800000
#define STATIC_HEAP_BYTES  0x00183800
#define FILE_HEAP_BYTES    0x04000000

static const uint8_t static_contexts[] = {0, 3, 9}; /* psycho: served by the Static Heap */

static struct RegionHeap *heaps[3];

static void *allocate_large(struct MemoryHeap *heap, size_t size);

void __thiscall vanilla_heap_construct(struct MemoryHeap *heap) {
    uint32_t i;
    game.heap_construct_pools(heap);
    game.heap_construct_heaps();
    heap->heaps = heaps;
    heap->heap_count = sizeof heaps / sizeof heaps[0];
    for (i = 0; i < MEMORY_CONTEXTS; i++)
        heap->contexts[i] = heaps[0];
    for (i = 0; i < sizeof static_contexts; i++)
        heap->contexts[static_contexts[i]] = heaps[1];
    heap->contexts[MEMORY_CONTEXT_FILE] = heaps[2];
    heap->pools_enabled = 1;
    heap->initialized = 1;
}

void __thiscall vanilla_heap_construct_pools(struct MemoryHeap *heap) {
    (void)heap;
    UPKEEP->construct_pools++;
    pools_construct();
}

void __cdecl vanilla_heap_construct_heaps(void) {
    UPKEEP->construct_heaps++;
    heaps[0] = region_heap_construct("Default", DEFAULT_HEAP_BYTES, 0);
    heaps[1] = region_heap_construct("Static", STATIC_HEAP_BYTES, 1);
    heaps[2] = region_heap_construct("File", FILE_HEAP_BYTES, 0);
}

void *__thiscall vanilla_heap_allocate(struct MemoryHeap *heap, size_t size) {
    void *block = 0;
    actor_here()->arrivals.heap_allocate++;
    if (!heap->initialized)
        return game.heap_fallback_allocate(size);
    size = size < 9 ? 8 : (size + 3) & ~(size_t)3;
    if (heap->pools_enabled && size < POOL_SIZE_LIMIT)
        block = pool_allocate(size);
    return block != 0 ? block : allocate_large(heap, size);
}

void __thiscall vanilla_heap_free(struct MemoryHeap *heap, void *block) {
    struct Pool *pool = pool_of(block);
    struct RegionHeap *owner;
    (void)heap;
    actor_here()->arrivals.heap_free++;
    if (block == 0)
        return;
    if (pool != 0) {
        pool_free(pool, block);
        return;
    }
    owner = region_heap_of(block);
    if (owner != 0)
        region_heap_free(owner, block);
    else
        game.heap_fallback_free(block);
}

void *__thiscall vanilla_heap_reallocate(struct MemoryHeap *heap, void *block, size_t size) {
    size_t before = game.heap_msize(heap, block);
    void *moved;
    actor_here()->arrivals.heap_reallocate++;
    if (before == 0)
        return game.crt_realloc(block, size);
    moved = game.heap_allocate(heap, size);
    memcpy(moved, block, before < size ? before : size);
    game.heap_free(heap, block);
    return moved;
}

void *__thiscall vanilla_heap_reallocate_2(struct MemoryHeap *heap, void *block, size_t size) {
    return vanilla_heap_reallocate(heap, block, size);
}

size_t __thiscall vanilla_heap_msize(struct MemoryHeap *heap, void *block) {
    struct Pool *pool = pool_of(block);
    struct RegionHeap *owner = region_heap_of(block);
    (void)heap;
    actor_here()->arrivals.heap_msize++;
    if (pool != 0)
        return pool_cell_bytes(pool);
    return owner != 0 ? region_heap_msize(owner, block) : game.crt_msize(block);
}

void *__cdecl vanilla_heap_fallback_allocate(size_t size) { return game.crt_malloc(size); }

void __cdecl vanilla_heap_fallback_free(void *block) { game.crt_free(block); }

void __cdecl vanilla_memory_context_set(uint32_t context) {
    thread_block()->memory_context = context;
}

uint32_t __cdecl vanilla_memory_context_get(void) { return thread_block()->memory_context; }

static void *allocate_large(struct MemoryHeap *heap, size_t size) {
    struct RegionHeap *primary = heap->contexts[MEMORY_CONTEXT_DEFAULT];
    struct RegionHeap *own = heap->contexts[game.memory_context_get() % MEMORY_CONTEXTS];
    void *block = own == 0 ? 0 : region_heap_allocate(own, size);
    if (block == 0 && primary != 0 && primary != own)
        block = region_heap_allocate(primary, size);
    if (block != 0)
        return block;
    game.scrap_manager_release(game.scrap_manager());
    return game.heap_fallback_allocate(size);
}
