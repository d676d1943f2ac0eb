#include "pool.h"

#include "lock.h"
#include "variables.h"

#define REGION_BYTES  0x01000000 /* what the first byte of an address tells: the table's grain */
#define COMMIT_BYTES  0x10000
#define LOWEST_REGION 0x02000000 /* behind the program */
#define REGION_LIMIT  0x80000000 /* vanilla keeps below 2 GB */

/* A free cell; the 8 bytes that freeing destroys. */
struct FreeCell {
    struct FreeCell *previous, *next;
};

struct Pool {
    uint32_t cell_bytes;
    struct FreeCell *free;
    uint8_t *fresh;     /* next cell of the newest region that was never used */
    uint8_t *committed; /* end of that region's memory */
    uint8_t *end;       /* of that region */
    volatile LONG lock; /* of all of this and of the regions' marks */
};

/* Cell sizes between which a request is rounded up. */
static const uint16_t cell_sizes[] = {8,  12, 16,  20,  24,  28,  32,  40,  48,  56,  64,
                                      80, 96, 112, 128, 160, 192, 256, 320, 512, 1020};

#define POOLS (sizeof cell_sizes / sizeof cell_sizes[0])

static struct Pool pools[POOLS];

/* By the first byte of an address: a bit for each 4 bytes of the region, set where a cell in use
 * begins. So freeing twice or in the middle is noticed. */
static uint32_t *used_marks[256];

static int add_region(struct Pool *pool);
static void *fresh_cell(struct Pool *pool);

void pools_construct(void) {
    uint32_t size, pool = 0;
    for (size = 0; size < POOLS; size++)
        pools[size].cell_bytes = cell_sizes[size];
    for (size = 0; size < POOL_SIZE_LIMIT; size++) {
        if (size > pools[pool].cell_bytes)
            pool++;
        POOL_BY_SIZE[size] = &pools[pool];
    }
}

void *pool_allocate(size_t size) {
    struct Pool *pool = POOL_BY_SIZE[size];
    uint8_t *cell;
    lock(&pool->lock);
    cell = (uint8_t *)pool->free;
    if (cell != 0) {
        pool->free = pool->free->next;
        if (pool->free != 0)
            pool->free->previous = 0;
    } else {
        cell = fresh_cell(pool);
    }
    if (cell != 0) {
        uint32_t index = ((uintptr_t)cell & (REGION_BYTES - 1)) / 4;
        used_marks[(uintptr_t)cell >> 24][index / 32] |= 1u << index % 32;
    }
    unlock(&pool->lock);
    return cell;
}

struct Pool *pool_of(const void *block) { return POOL_BY_TOP_BYTE[(uintptr_t)block >> 24]; }

void pool_free(struct Pool *pool, void *block) {
    uint32_t offset = (uintptr_t)block & (REGION_BYTES - 1), index = offset / 4;
    uint32_t *word = &used_marks[(uintptr_t)block >> 24][index / 32];
    struct FreeCell *cell = block;
    if (offset % 4 != 0)
        return;
    lock(&pool->lock);
    if ((*word & 1u << index % 32) != 0) {
        *word &= ~(1u << index % 32);
        cell->previous = 0;
        cell->next = pool->free;
        if (pool->free != 0)
            pool->free->previous = cell;
        pool->free = cell;
    }
    unlock(&pool->lock);
}

size_t pool_cell_bytes(const struct Pool *pool) { return pool->cell_bytes; }

/* A cell that was never used. With the pool's lock. */
static void *fresh_cell(struct Pool *pool) {
    uint8_t *cell;
    if ((size_t)(pool->end - pool->fresh) < pool->cell_bytes && !add_region(pool))
        return 0;
    cell = pool->fresh;
    while (cell + pool->cell_bytes > pool->committed) {
        if (VirtualAlloc(pool->committed, COMMIT_BYTES, MEM_COMMIT, PAGE_READWRITE) == 0)
            return 0;
        pool->committed += COMMIT_BYTES;
    }
    pool->fresh += pool->cell_bytes;
    return cell;
}

/* Looks for 16 MB of address space that one first byte of an address stands for. */
static int add_region(struct Pool *pool) {
    static volatile LONG searching;
    uintptr_t at;
    void *region = 0;
    lock(&searching);
    for (at = LOWEST_REGION; at < REGION_LIMIT && region == 0; at += REGION_BYTES) {
        if (POOL_BY_TOP_BYTE[at >> 24] != 0)
            continue;
        region = VirtualAlloc((void *)at, REGION_BYTES, MEM_RESERVE, PAGE_READWRITE);
    }
    if (region != 0) {
        at = (uintptr_t)region;
        used_marks[at >> 24] =
            VirtualAlloc(0, REGION_BYTES / 4 / 8, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (used_marks[at >> 24] == 0) {
            VirtualFree(region, 0, MEM_RELEASE);
            region = 0;
        } else {
            POOL_BY_TOP_BYTE[at >> 24] = pool;
        }
    }
    unlock(&searching);
    if (region == 0)
        return 0;
    pool->fresh = pool->committed = region;
    pool->end = pool->fresh + REGION_BYTES;
    return 1;
}
