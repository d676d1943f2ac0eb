/* SPDX-License-Identifier: MIT */
/* The page heaps, one for each group of size classes: free runs in bins, merged with their
 * neighbours as soon as they are free; fresh pages from the top of what was handed out, committed
 * in growing steps. A group that is full takes its pages from another.
 *
 * A free run carries POOL_KIND_FREE and its length in its first and its last page, so that either
 * neighbour finds it. All other pages of free and of large runs carry POOL_KIND_NONE, but for the
 * head of a large run. Bins 1..63 hold runs of exactly that many pages, the ones above a quarter of
 * a power of two each. Runs do not reach from one group's part of the region into another's. */
#include "pool.h"

#define EXACT_BINS 64u
#define STEP_FIRST 1u  /* chunks */
#define STEP_LAST  64u /* chunks: 4 MB */

/* In percent of the region, where the user says nothing else. The rest is for huge blocks. */
#define SHARE_SMALL  30u
#define SHARE_MEDIUM 15u
#define SHARE_LARGE  15u

static uint32_t take_from(struct PoolPageHeap *heap, uint32_t pages, uint32_t size, uint32_t tag,
                          uint32_t *fresh);
static uint32_t take_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh);
static uint32_t take_at_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh);
static int pass_lost(struct PoolPageHeap *heap);
static int holes_fill(struct PoolPageHeap *heap, uint32_t page, uint32_t pages);

/* The own group first, then from the last, where the largest runs are. */
uint32_t pool_run_take(uint32_t group, uint32_t pages, uint32_t size, uint32_t tag,
                       uint32_t *fresh) {
    uint32_t other = POOL_GROUPS, head;

    head = take_from(&POOL_STATE->heaps[group], pages, size, tag, fresh);

    while (head == 0 && other-- != 0)
        if (other != group)
            head = take_from(&POOL_STATE->heaps[other], pages, size, tag, fresh);
    return head;
}

struct PoolPageHeap *pool_heap_of(uint32_t page) {
    struct PoolState *state = POOL_STATE;
    uint32_t group = 0;

    while (page >= state->group_end[group] && group < POOL_GROUPS - 1)
        group++;
    return &state->heaps[group];
}

static int is_free(uint32_t page) { return POOL_LOAD(POOL_PAGES[page].tag) == POOL_KIND_FREE; }

static uint32_t chunk_of(uint32_t page) { return page / POOL_CHUNK_PAGES; }

static void *chunk_address(uint32_t chunk) { return POOL_AT((uintptr_t)chunk << POOL_CHUNK_SHIFT); }

static size_t chunk_bytes(uint32_t chunks) { return (size_t)chunks << POOL_CHUNK_SHIFT; }

/* ---- bins ---- */

static uint32_t bin_of(uint32_t pages) {
    uint32_t log;
    if (pages < EXACT_BINS)
        return pages;
    log = POOL_LOG2(pages);
    return EXACT_BINS + ((log - 6) << 2) + (pages >> (log - 2) & 3);
}

static void run_link(struct PoolPageHeap *heap, uint32_t head, uint32_t pages) {
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

static void run_unlink(struct PoolPageHeap *heap, uint32_t head) {
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
static uint32_t run_find(struct PoolPageHeap *heap, uint32_t pages) {
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

/* ---- take, give, extend ---- */

static uint32_t take_from(struct PoolPageHeap *heap, uint32_t pages, uint32_t size, uint32_t tag,
                          uint32_t *fresh) {
    uint32_t head, rest, page;

    *fresh = 0;
    POOL_LOCK(&heap->lock);
    head = run_find(heap, pages);
    if (head == 0) {
        head = take_top(heap, pages, fresh);
    } else if (holes_fill(heap, head, pages) != 0) {
        head = 0;
    } else {
        rest = POOL_PAGES[head].pages - pages;
        run_unlink(heap, head);
        if (rest != 0)
            run_link(heap, head + pages, rest);
    }
    if (head != 0) {
        POOL_PAGES[head].pages = pages;
        POOL_STORE(POOL_PAGES[head].tag, tag);
        if (tag == POOL_KIND_LARGE)
            pool_large_count(heap, size, pages);
        else {
            if (tag == POOL_KIND_SCRAP)
                POOL_STORE(heap->used, heap->used + pages);
            for (page = 1; page < pages; page++)
                POOL_STORE(POOL_PAGES[head + page].tag, tag + (page << 16));
        }
    }
    POOL_UNLOCK(&heap->lock);
    return head;
}

static uint32_t take_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh) {
    uint32_t head;

    do {
        head = take_at_top(heap, pages, fresh);
    } while (head == 0 && pass_lost(heap));
    return head;
}

/* A run that ends at a new top; it starts with the free run below the old one, if there is one. */
static uint32_t take_at_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh) {
    uint32_t head = heap->top;

    if (head > heap->first && is_free(head - 1))
        head -= POOL_PAGES[head - 1].pages;
    if (pages > heap->end - head || pool_pages_reach(heap, head + pages) != 0 ||
        holes_fill(heap, head, heap->top - head) != 0)
        return 0;
    *fresh = head == heap->top;
    if (!*fresh)
        run_unlink(heap, head);
    heap->top = head + pages;
    return head;
}

/* Where the next lost segment is what keeps the top from rising: what is below it becomes a free
 * run, and the top goes behind it. 0 where nothing is lost. */
static int pass_lost(struct PoolPageHeap *heap) {
#ifdef POOLNV_SEGMENTED
    uint32_t behind, lost, top = heap->top, reached = heap->frontier, from;

    from = reached > top ? reached : top;
    lost = pool_segment_lost(from << POOL_PAGE_SHIFT, heap->end << POOL_PAGE_SHIFT, &behind);
    lost >>= POOL_PAGE_SHIFT;
    if (lost >= heap->end)
        return 0;
    behind >>= POOL_PAGE_SHIFT;
    heap->holes += chunk_of(behind) - chunk_of(reached);
    POOL_STORE(heap->frontier, behind);
    heap->top = behind;
    POOL_PAGES[lost].pages = behind - lost;
    POOL_STORE(POOL_PAGES[lost].tag, POOL_KIND_LOST);
    if (lost > top)
        pool_run_give(heap, top, lost - top);
    return 1;
#else
    (void)heap;
    return 0;
#endif
}

void pool_run_give(struct PoolPageHeap *heap, uint32_t head, uint32_t pages) {
    uint32_t after = head + pages, before;

    if (after < heap->end && is_free(after)) {
        pages += POOL_PAGES[after].pages;
        run_unlink(heap, after);
    }
    if (head > heap->first && is_free(head - 1)) {
        before = POOL_PAGES[head - 1].pages;
        head -= before;
        pages += before;
        run_unlink(heap, head);
    }
    run_link(heap, head, pages);
}

int pool_run_extend(struct PoolPageHeap *heap, uint32_t head, uint32_t pages) {
    uint32_t have = POOL_PAGES[head].pages, after = head + have, room = 0, rest;

    if (after < heap->end && is_free(after))
        room = POOL_PAGES[after].pages;
    if (have + room >= pages) {
        if (holes_fill(heap, after, pages - have) != 0)
            return 0;
        rest = room - (pages - have);
        run_unlink(heap, after);
        if (rest != 0)
            run_link(heap, head + pages, rest);
    } else if (after + room == heap->top) {
        if (pages > heap->end - head || pool_pages_reach(heap, head + pages) != 0 ||
            holes_fill(heap, after, room) != 0)
            return 0;
        if (room != 0)
            run_unlink(heap, after);
        heap->top = head + pages;
    } else {
        return 0;
    }
    POOL_PAGES[head].pages = pages;
    return 1;
}

/* ---- memory ---- */

static int chunks_commit(struct PoolPageHeap *heap, uint32_t chunk, uint32_t chunks) {
    uint32_t end = chunk + chunks;

    if (pool_segments_commit(chunk_address(chunk), chunk_bytes(chunks)) != 0)
        return -1;
    heap->committed += chunks;
    for (; chunk < end; chunk++)
        POOL_STORE(POOL_READABLE[chunk], 1);
    return 0;
}

/* An eighth of what there is already, at a time. */
int pool_pages_reach(struct PoolPageHeap *heap, uint32_t end) {
    uint32_t least, grow, have = chunk_of(heap->frontier), limit = chunk_of(heap->end);

    if (end <= heap->frontier)
        return 0;
    least = chunk_of(end + POOL_CHUNK_PAGES - 1) - have;
    grow = heap->committed >> 3;
    if (grow < STEP_FIRST)
        grow = STEP_FIRST;
    if (grow > STEP_LAST)
        grow = STEP_LAST;
    if (grow < least)
        grow = least;
    if (grow > limit - have)
        grow = limit - have;
    while (chunks_commit(heap, have, grow) != 0) {
        if (grow == least)
            return -1;
        grow = grow >> 1 > least ? grow >> 1 : least;
    }
    POOL_STORE(heap->frontier, (have + grow) * POOL_CHUNK_PAGES);
    return 0;
}

/* Commits the holes among `pages` pages; 0 is success. What a refusal leaves committed stays so. */
static int holes_fill(struct PoolPageHeap *heap, uint32_t page, uint32_t pages) {
    uint32_t chunk, end, stop;

    if (heap->holes == 0 || pages == 0)
        return 0;
    end = chunk_of(page + pages - 1) + 1;
    for (chunk = chunk_of(page); chunk < end; chunk++) {
        if (POOL_LOAD(POOL_READABLE[chunk]))
            continue;
        for (stop = chunk; stop < end && !POOL_LOAD(POOL_READABLE[stop]); stop++)
            ;
        if (chunks_commit(heap, chunk, stop - chunk) != 0)
            return -1;
        heap->holes -= stop - chunk;
        chunk = stop;
    }
    return 0;
}

/* Decommits the committed chunks from one up to another; a refusal is not an error. Chunks given.
 */
static uint32_t chunks_decommit(struct PoolPageHeap *heap, uint32_t chunk, uint32_t end) {
    uint32_t stop, at, given = 0;
    uint8_t kept;

    for (; chunk < end; chunk = stop + 1) {
        for (stop = chunk; stop < end && POOL_LOAD(POOL_READABLE[stop]); stop++)
            POOL_STORE(POOL_READABLE[stop], 0);
        if (stop == chunk)
            continue;
        kept = pool_segments_decommit(chunk_address(chunk), chunk_bytes(stop - chunk)) != 0;
        if (!kept)
            given += stop - chunk;
        for (at = chunk; at < stop; at++)
            POOL_STORE(POOL_READABLE[at], kept);
    }
    heap->committed -= given;
    return given;
}

/* The first one wholly inside the run; page 0 is nobody's and goes with page 1. */
static uint32_t first_chunk_in(uint32_t run) {
    return run == 1 ? 0 : chunk_of(run + POOL_CHUNK_PAGES - 1);
}

/* One beyond the last one wholly inside; beyond the top nothing is anybody's. */
static uint32_t end_chunk_in(struct PoolPageHeap *heap, uint32_t run) {
    uint32_t end = run + POOL_PAGES[run].pages;
    return chunk_of(end == heap->top ? end + POOL_CHUNK_PAGES - 1 : end);
}

static uint32_t heap_trim(struct PoolPageHeap *heap) {
    uint32_t bin, run, given = 0, holes, frontier, top;

    POOL_LOCK(&heap->lock);
    top = chunk_of(heap->top + POOL_CHUNK_PAGES - 1);
    frontier = chunk_of(heap->frontier);
    if (frontier > top && chunks_decommit(heap, top, frontier) == frontier - top) {
        POOL_STORE(heap->frontier, top * POOL_CHUNK_PAGES);
        given += frontier - top;
    }
    for (bin = 1; bin < POOL_BIN_LIMIT; bin++)
        for (run = heap->bins[bin]; run != 0; run = POOL_PAGES[run].next) {
            holes = chunks_decommit(heap, first_chunk_in(run), end_chunk_in(heap, run));
            heap->holes += holes;
            given += holes;
        }
    POOL_UNLOCK(&heap->lock);
    return given;
}

uint32_t pool_pages_trim(void) {
    uint32_t group, given = 0;

    for (group = 0; group < POOL_GROUPS; group++)
        given += heap_trim(&POOL_STATE->heaps[group]);
    return given;
}

/* Each group gets its part in proportion to its part of the region, rounded up. */
void pool_prefault(uint64_t bytes) {
    struct PoolPageHeap *heap = POOL_STATE->heaps, *end = heap + POOL_GROUPS;
    uint32_t all = chunk_of(POOL_STATE->page_count), wanted, part, page, stop;

    wanted = bytes < POOLNV_REGION_BYTES ? (uint32_t)(bytes >> POOL_CHUNK_SHIFT) : all;
    for (; heap < end; heap += 1) {
        part = chunk_of(heap->end) - chunk_of(heap->first); /* below 2^16, as `wanted` is */
        part = (part * wanted + all - 1) / all;
        stop = (chunk_of(heap->first) + part) * POOL_CHUNK_PAGES;
        POOL_LOCK(&heap->lock);
        if (pool_pages_reach(heap, stop) == 0)
            for (page = heap->first; page < stop; page++) {
                char *touched = POOL_AT((uintptr_t)page << POOL_PAGE_SHIFT);
                *(volatile char *)touched = 0;
                *(volatile char *)(touched + POOL_PAGE_BYTES / 2) = 0; /* pages of the OS: 4 KB */
            }
        POOL_UNLOCK(&heap->lock);
    }
}

/* ---- the parts of the region ---- */

static uint32_t chunks_wanted(uint32_t group, uint32_t percent) {
    uint64_t bytes = POOL_CONTROL->group_bytes[group];

    if (bytes != 0)
        return (uint32_t)(bytes >> POOL_CHUNK_SHIFT);
    return POOL_STATE->page_count / POOL_CHUNK_PAGES * percent / 100;
}

void pool_pages_init(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t all = state->page_count / POOL_CHUNK_PAGES, chunk = 0, chunks, group;
    uint32_t shares[POOL_GROUPS];

    shares[POOL_GROUP_SMALL] = SHARE_SMALL;
    shares[POOL_GROUP_MEDIUM] = SHARE_MEDIUM;
    shares[POOL_GROUP_LARGE] = SHARE_LARGE;
    shares[POOL_GROUP_HUGE] = 100;
    for (group = 0; group < POOL_GROUPS; group++) {
        chunks = chunks_wanted(group, shares[group]);
        if (chunks > all - chunk || group == POOL_GROUP_HUGE)
            chunks = all - chunk;
        if (POOL_CONTROL->strategy == POOL_BUMP || POOLNV_REGION_BYTES < POOL_GROUP_LEAST)
            chunks = group == 0 ? all : 0;
        state->heaps[group].first = chunk * POOL_CHUNK_PAGES;
        chunk += chunks;
        state->heaps[group].end = chunk * POOL_CHUNK_PAGES;
        state->group_end[group] = chunk * POOL_CHUNK_PAGES;
        state->heaps[group].top = state->heaps[group].first;
        state->heaps[group].frontier = state->heaps[group].first;
    }
    if (POOL_CONTROL->strategy == POOL_RECYCLE) {
        state->heaps[0].first = 1; /* page 0 ends lists */
        state->heaps[0].top = 1;
        POOL_PAGES[0].tag = POOL_KIND_EDGE;
    }
    POOL_PAGES[state->page_count].tag = POOL_KIND_EDGE;
}
