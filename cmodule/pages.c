/* SPDX-License-Identifier: MIT */
/* The page heap: free runs in bins, merged with their neighbours as soon as they are free; fresh
 * pages from the top of what was handed out, committed in growing steps.
 *
 * A free run carries POOL_KIND_FREE and its length in its first and its last page, so that either
 * neighbour finds it. All other pages of free and of large runs carry POOL_KIND_NONE, but for the
 * head of a large run. Bins 1..63 hold runs of exactly that many pages, the ones above a quarter of
 * a power of two each. */
#include "pool.h"

#define EXACT_BINS 64u
#define STEP_FIRST 8u    /* pages: 64 KB */
#define STEP_LAST  2048u /* pages: 16 MB */

static uint32_t bin_of(uint32_t pages) {
    uint32_t log;
    if (pages < EXACT_BINS)
        return pages;
    log = POOL_LOG2(pages);
    return EXACT_BINS + ((log - 6) << 2) + (pages >> (log - 2) & 3);
}

static int is_free(uint32_t page) { return POOL_LOAD(POOL_PAGES[page].tag) == POOL_KIND_FREE; }

static void *page_address(uint32_t page) { return POOL_AT((uintptr_t)page << POOL_PAGE_SHIFT); }

static size_t page_bytes(uint32_t pages) { return (size_t)pages << POOL_PAGE_SHIFT; }

int pool_page_readable(uint32_t page) {
    return page < POOL_STATE->heap.frontier && !(POOL_PAGES[page].flags & POOL_HOLE);
}

static void run_link(uint32_t head, uint32_t pages) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    struct PoolPage *run = &POOL_PAGES[head], *last = run + pages - 1;
    uint32_t bin = bin_of(pages);

    run->pages = pages;
    last->pages = pages;
    POOL_STORE(run->tag, POOL_KIND_FREE);
    POOL_STORE(last->tag, POOL_KIND_FREE);
    run->prev = 0;
    run->next = heap->bins[bin];
    if (run->next != 0)
        POOL_PAGES[run->next].prev = head;
    heap->bins[bin] = head;
    heap->bins_used[bin >> 5] |= 1u << (bin & 31);
}

static void run_unlink(uint32_t head) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    struct PoolPage *run = &POOL_PAGES[head];
    uint32_t bin = bin_of(run->pages);

    POOL_STORE(run->tag, POOL_KIND_NONE);
    POOL_STORE(run[run->pages - 1].tag, POOL_KIND_NONE);
    if (run->next != 0)
        POOL_PAGES[run->next].prev = run->prev;
    if (run->prev != 0)
        POOL_PAGES[run->prev].next = run->next;
    else
        heap->bins[bin] = run->next;
    if (heap->bins[bin] == 0)
        heap->bins_used[bin >> 5] &= ~(1u << (bin & 31));
}

/* The first free run of at least that many pages, the smallest bin first. */
static uint32_t run_find(uint32_t pages) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t bin = bin_of(pages), word, bits, run;

    for (run = heap->bins[bin]; run != 0; run = POOL_PAGES[run].next)
        if (POOL_PAGES[run].pages >= pages)
            return run;
    bin++;
    for (word = bin >> 5; word < POOL_BIN_LIMIT / 32; word++) {
        bits = heap->bins_used[word];
        if (word == bin >> 5)
            bits &= 0xFFFFFFFFu << (bin & 31);
        if (bits != 0)
            return heap->bins[(word << 5) + POOL_LOWEST(bits)];
    }
    return 0;
}

/* Commits the holes among `pages` pages; 0 is success. What a refusal leaves committed stays so. */
static int holes_fill(uint32_t page, uint32_t pages) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t end = page + pages, stop;

    if (heap->holes == 0)
        return 0;
    for (; page < end; page++) {
        if (!(POOL_PAGES[page].flags & POOL_HOLE))
            continue;
        for (stop = page; stop < end && POOL_PAGES[stop].flags & POOL_HOLE; stop++)
            ;
        if (pool_os_commit(page_address(page), page_bytes(stop - page)) != 0)
            return -1;
        heap->committed += stop - page;
        heap->holes -= stop - page;
        for (; page < stop; page++)
            POOL_PAGES[page].flags &= ~POOL_HOLE;
    }
    return 0;
}

int pool_pages_reach(uint32_t end) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t least, grow;

    if (end <= heap->frontier)
        return 0;
    least = end - heap->frontier;
    grow = heap->step > least ? heap->step : least;
    if (grow > heap->page_count - heap->frontier)
        grow = heap->page_count - heap->frontier;
    while (pool_os_commit(page_address(heap->frontier), page_bytes(grow)) != 0) {
        if (grow == least)
            return -1;
        grow = grow >> 1 > least ? grow >> 1 : least;
    }
    heap->committed += grow;
    POOL_STORE(heap->frontier, heap->frontier + grow);
    if (heap->step < STEP_LAST)
        heap->step <<= 1;
    return 0;
}

/* A run that ends at a new top; it starts with the free run below the old one, if there is one. */
static uint32_t take_top(uint32_t pages, uint32_t *fresh) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t head = heap->top;

    if (is_free(head - 1))
        head -= POOL_PAGES[head - 1].pages;
    if (pages > heap->page_count - head || pool_pages_reach(head + pages) != 0 ||
        holes_fill(head, heap->top - head) != 0)
        return 0;
    *fresh = head == heap->top;
    if (!*fresh)
        run_unlink(head);
    heap->top = head + pages;
    return head;
}

uint32_t pool_pages_take(uint32_t pages, uint32_t *fresh) {
    uint32_t head, rest;

    *fresh = 0;
    head = run_find(pages);
    if (head == 0) {
        head = take_top(pages, fresh);
        if (head == 0)
            return 0;
    } else {
        if (holes_fill(head, pages) != 0)
            return 0;
        rest = POOL_PAGES[head].pages - pages;
        run_unlink(head);
        if (rest != 0)
            run_link(head + pages, rest);
    }
    POOL_PAGES[head].pages = pages;
    return head;
}

void pool_pages_give(uint32_t head, uint32_t pages) {
    uint32_t after = head + pages, before;

    if (is_free(after)) {
        pages += POOL_PAGES[after].pages;
        run_unlink(after);
    }
    if (is_free(head - 1)) {
        before = POOL_PAGES[head - 1].pages;
        head -= before;
        pages += before;
        run_unlink(head);
    }
    run_link(head, pages);
}

int pool_pages_extend(uint32_t head, uint32_t pages) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t have = POOL_PAGES[head].pages, after = head + have, room = 0, rest;

    if (is_free(after))
        room = POOL_PAGES[after].pages;
    if (have + room >= pages) {
        if (holes_fill(after, pages - have) != 0)
            return 0;
        rest = room - (pages - have);
        run_unlink(after);
        if (rest != 0)
            run_link(head + pages, rest);
    } else if (after + room == heap->top) {
        if (pages > heap->page_count - head || pool_pages_reach(head + pages) != 0 ||
            holes_fill(after, room) != 0)
            return 0;
        if (room != 0)
            run_unlink(after);
        heap->top = head + pages;
    } else {
        return 0;
    }
    POOL_PAGES[head].pages = pages;
    return 1;
}

/* Decommits what is committed among `pages` pages, in stretches; a refusal is not an error. */
static void holes_make(uint32_t page, uint32_t pages) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t end = page + pages, stop;

    for (; page < end; page++) {
        if (POOL_PAGES[page].flags & POOL_HOLE)
            continue;
        for (stop = page; stop < end && !(POOL_PAGES[stop].flags & POOL_HOLE); stop++)
            ;
        if (pool_os_decommit(page_address(page), page_bytes(stop - page)) == 0) {
            heap->committed -= stop - page;
            heap->holes += stop - page;
            for (; page < stop; page++)
                POOL_PAGES[page].flags |= POOL_HOLE;
        }
        page = stop;
    }
}

uint32_t pool_pages_trim(void) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;
    uint32_t bin, run, before, ahead;

    POOL_LOCK(&heap->lock);
    before = heap->committed;
    for (bin = 1; bin < POOL_BIN_LIMIT; bin++)
        for (run = heap->bins[bin]; run != 0; run = POOL_PAGES[run].next)
            holes_make(run, POOL_PAGES[run].pages);
    ahead = heap->frontier - heap->top;
    if (ahead != 0 && pool_os_decommit(page_address(heap->top), page_bytes(ahead)) == 0) {
        heap->committed -= ahead;
        POOL_STORE(heap->frontier, heap->top);
    }
    heap->step = STEP_FIRST;
    before -= heap->committed;
    POOL_UNLOCK(&heap->lock);
    return before;
}

void pool_pages_init(uint32_t page_count) {
    struct PoolPageHeap *heap = &POOL_STATE->heap;

    heap->page_count = page_count;
    heap->step = STEP_FIRST;
    if (POOL_CONTROL->strategy == POOL_RECYCLE) {
        heap->top = 1;
        heap->frontier = 1;
        POOL_PAGES[0].tag = POOL_KIND_EDGE;
        POOL_PAGES[0].flags = POOL_HOLE;
    }
    POOL_PAGES[page_count].tag = POOL_KIND_EDGE;
}
