/* SPDX-License-Identifier: MIT */
/* Large blocks: a run of pages each. They grow into a free run behind them, or over the top, and
 * shrink by giving pages back. */
#include "pool.h"

static uint32_t large_pages(size_t size) {
    return (uint32_t)((size + POOL_FIRST + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT);
}

void *pool_large_alloc(size_t size, size_t room, uint32_t *fresh) {
    uint32_t pages, head;
    void *user;

    if (size > POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES)
        return NULL;
    if (room < size || room > POOLNV_REGION_BYTES - 2 * POOL_PAGE_BYTES)
        room = size;
    pages = large_pages(room);
    head = pool_run_take(POOL_GROUP_HUGE, pages, (uint32_t)size, POOL_KIND_LARGE, fresh);
    if (head == 0) {
        pages = large_pages(size);
        pool_recycle_gather();
        head = pool_run_take(POOL_GROUP_HUGE, pages, (uint32_t)size, POOL_KIND_LARGE, fresh);
    }
    if (head == 0)
        return NULL;
    user = POOL_AT(((uintptr_t)head << POOL_PAGE_SHIFT) + POOL_FIRST);
    pool_header_write(user, (uint32_t)size, POOL_CODE_LARGE, POOL_MAGIC_LIVE);
    pool_out_more(pages << POOL_PAGE_SHIFT);
    return user;
}

/* With the page-heap lock. */
void pool_large_count(struct PoolPageHeap *heap, uint32_t size, uint32_t pages) {
    uint32_t row = pool_large_row(size);

    heap->allocs++;
    heap->rows[row].live++;
    heap->rows[row].total++;
    POOL_STORE(heap->used, heap->used + pages);
}

void pool_large_retire(struct PoolPageHeap *heap, void *user) {
    struct AllocHeader *header = POOL_HEADER_OF(user);
    uint32_t pages;

    heap->frees++;
    heap->rows[pool_large_row(header->size)].live--;
    pages = POOL_PAGES[POOL_OFFSET(user) >> POOL_PAGE_SHIFT].pages;
    POOL_STORE(heap->used, heap->used - pages);
    pool_header_write(user, 0, POOL_CODE_LARGE, POOL_MAGIC_FREE);
}

void pool_large_release(struct PoolPageHeap *heap, uint32_t head) {
    POOL_STORE(POOL_PAGES[head].tag, POOL_KIND_NONE);
    pool_run_give(heap, head, POOL_PAGES[head].pages);
}

/* A block that was given room to grow keeps it until it shrinks. */
int pool_large_resize(struct PoolPageHeap *heap, uint32_t head, uint32_t before, uint32_t after) {
    uint32_t have = POOL_PAGES[head].pages, pages = large_pages(after);

    if (pages > have && !pool_run_extend(heap, head, pages))
        return 0;
    if (pages < have && after < before) {
        POOL_PAGES[head].pages = pages;
        pool_run_give(heap, head + pages, have - pages);
    }
    POOL_STORE(heap->used, heap->used + POOL_PAGES[head].pages - have);
    before = pool_large_row(before);
    after = pool_large_row(after);
    if (before != after) {
        heap->rows[before].live--;
        heap->rows[after].live++;
        heap->rows[after].total++;
    }
    return 1;
}
