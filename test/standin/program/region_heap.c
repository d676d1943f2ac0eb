#include "region_heap.h"

#include "lock.h"

#define HEAPS        3
#define CLASSES      176 /* eight to each doubling, from 128 bytes to 256 MB */
#define COMMIT_BYTES 0x100000
#define USED_MAGIC   0x55534544
#define FREE_MAGIC   0x46524545

struct RegionBlock {
    uint32_t size;            /* of what follows */
    uint32_t magic;           /* USED_MAGIC or FREE_MAGIC */
    struct RegionBlock *next; /* free block of the same class */
    uint32_t unused;          /* so that what follows is aligned */
};

/* The members that the game calls by their place in an object's table (psycho): +0xC and +0x24. */
struct RegionHeapMembers {
    const void *unknown_00[3];
    void(__thiscall *free)(struct RegionHeap *heap, void *block);
    const void *unknown_10[5];
    size_t(__thiscall *msize)(struct RegionHeap *heap, void *block);
};
AT_OFFSET(RegionHeapMembers, free, 0x0c);
AT_OFFSET(RegionHeapMembers, msize, 0x24);

struct RegionHeap {
    const struct RegionHeapMembers *members;
    const char *name;
    uint8_t *base, *top, *committed, *end; /* blocks end at top */
    int keeps_blocks;
    struct RegionBlock *free[CLASSES];
    volatile LONG lock;
};

static struct RegionHeap heaps[HEAPS];
static uint32_t heap_count;

static void __thiscall member_free(struct RegionHeap *heap, void *block);
static size_t __thiscall member_msize(struct RegionHeap *heap, void *block);
static uint32_t round_to_class(size_t size, uint32_t *bytes);
static struct RegionBlock *fresh_block(struct RegionHeap *heap, uint32_t bytes);
static struct RegionBlock *block_in(struct RegionHeap *heap, void *block);

static const struct RegionHeapMembers members = {.free = member_free, .msize = member_msize};

struct RegionHeap *region_heap_construct(const char *name, uint32_t bytes, int keeps_blocks) {
    struct RegionHeap *heap = &heaps[heap_count];
    uint8_t *base = VirtualAlloc(0, bytes, MEM_RESERVE, PAGE_READWRITE);
    if (base == 0)
        return 0;
    heap_count++;
    heap->members = &members;
    heap->name = name;
    heap->base = heap->top = heap->committed = base;
    heap->end = base + bytes;
    heap->keeps_blocks = keeps_blocks;
    return heap;
}

void *region_heap_allocate(struct RegionHeap *heap, size_t size) {
    uint32_t bytes, class;
    struct RegionBlock *block;
    if (size > (size_t)(heap->end - heap->base))
        return 0;
    class = round_to_class(size, &bytes);
    lock(&heap->lock);
    block = heap->free[class];
    if (block != 0)
        heap->free[class] = block->next;
    else
        block = fresh_block(heap, bytes);
    if (block != 0)
        block->magic = USED_MAGIC;
    unlock(&heap->lock);
    return block == 0 ? 0 : block + 1;
}

struct RegionHeap *region_heap_of(const void *block) {
    uint32_t i;
    for (i = 0; i < heap_count; i++)
        if ((const uint8_t *)block >= heaps[i].base && (const uint8_t *)block < heaps[i].end)
            return &heaps[i];
    return 0;
}

void region_heap_free(struct RegionHeap *heap, void *block) { heap->members->free(heap, block); }

size_t region_heap_msize(struct RegionHeap *heap, void *block) {
    return heap->members->msize(heap, block);
}

static void __thiscall member_free(struct RegionHeap *heap, void *block) {
    struct RegionBlock *header;
    uint32_t bytes, class;
    if (heap->keeps_blocks)
        return;
    lock(&heap->lock);
    header = block_in(heap, block);
    if (header != 0) {
        class = round_to_class(header->size, &bytes);
        header->magic = FREE_MAGIC;
        header->next = heap->free[class];
        heap->free[class] = header;
    }
    unlock(&heap->lock);
}

static size_t __thiscall member_msize(struct RegionHeap *heap, void *block) {
    struct RegionBlock *header = block_in(heap, block);
    return header == 0 ? 0 : header->size;
}

/* The header of a block in use; null for any other address. */
static struct RegionBlock *block_in(struct RegionHeap *heap, void *block) {
    struct RegionBlock *header = (struct RegionBlock *)block - 1;
    if ((uintptr_t)block % 16 != 0 || (uint8_t *)header < heap->base ||
        (uint8_t *)block > heap->top || header->magic != USED_MAGIC)
        return 0;
    return header;
}

/* A block at the heap's top. With the heap's lock. */
static struct RegionBlock *fresh_block(struct RegionHeap *heap, uint32_t bytes) {
    struct RegionBlock *block = (struct RegionBlock *)heap->top;
    uint32_t taken = bytes + (uint32_t)sizeof *block;
    if (taken > (uint32_t)(heap->end - heap->top))
        return 0;
    if (heap->top + taken > heap->committed) {
        uint32_t missing = (uint32_t)(heap->top + taken - heap->committed);
        uint32_t left = (uint32_t)(heap->end - heap->committed);
        uint32_t more = (missing + COMMIT_BYTES - 1) & ~(COMMIT_BYTES - 1u);
        more = more < left ? more : left;
        if (VirtualAlloc(heap->committed, more, MEM_COMMIT, PAGE_READWRITE) == 0)
            return 0;
        heap->committed += more;
    }
    heap->top += taken;
    block->size = bytes;
    return block;
}

/* The class of a request, and the bytes of its blocks: multiples of 16. */
static uint32_t round_to_class(size_t size, uint32_t *bytes) {
    uint32_t rounded = size < 128 ? 128 : (uint32_t)size;
    uint32_t exponent = 31 - (uint32_t)__builtin_clz(rounded - 1); /* rounded - 1 >= 2^exponent */
    uint32_t step = 1u << (exponent - 3);
    *bytes = (rounded + step - 1) & ~(step - 1);
    return (exponent - 6) * 8 + (*bytes - (1u << exponent)) / step - 1;
}
