/* SPDX-License-Identifier: MIT */
/* Large blocks: one run of pages each. They grow into a free run behind them, or by raising the
 * top, and shrink by returning pages. */
#include "internal.h"

uint32_t pool_large_pages(size_t size) {
    return (uint32_t)((size + POOL_FIRST + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT);
}

void *pool_large_start(uint32_t head, uint32_t size) {
    void *user = POOL_AT(((uintptr_t)head << POOL_PAGE_SHIFT) + POOL_FIRST);

    pool_header_write(user, size, POOL_KEY_LARGE, POOL_MAGIC_LIVE);
    pool_usage_add(POOL_PAGES[head].pages << POOL_PAGE_SHIFT);
    return user;
}

void pool_large_retire(struct PoolPageHeap *heap, void *user) {
    struct AllocHeader *header = POOL_HEADER_OF(user);
    uint32_t pages;

    heap->frees++;
    heap->rows[pool_histogram_row(header->size)].live--;
    pages = POOL_PAGES[POOL_OFFSET(user) >> POOL_PAGE_SHIFT].pages;
    POOL_STORE(heap->used, heap->used - pages);
    pool_header_write(user, 0, POOL_KEY_LARGE, POOL_MAGIC_FREE);
}

void pool_large_release(struct PoolPageHeap *heap, uint32_t head) {
    POOL_STORE(POOL_PAGES[head].tag, POOL_KIND_NONE);
    pool_run_give(heap, head, POOL_PAGES[head].pages);
}

/* A block that was given slack keeps it until it shrinks. */
int pool_large_resize(struct PoolPageHeap *heap, uint32_t head, uint32_t before, uint32_t after) {
    uint32_t have = POOL_PAGES[head].pages, pages = pool_large_pages(after);

    if (pages > have && !pool_run_extend(heap, head, pages))
        return 0;
    if (pages < have && after < before) {
        POOL_PAGES[head].pages = pages;
        pool_run_give(heap, head + pages, have - pages);
    }
    POOL_STORE(heap->used, heap->used + POOL_PAGES[head].pages - have);
    before = pool_histogram_row(before);
    after = pool_histogram_row(after);
    if (before != after) {
        heap->rows[before].live--;
        heap->rows[after].live++;
        heap->rows[after].total++;
    }
    return 1;
}
