/* SPDX-License-Identifier: MIT */
/* The page heaps, one for each arena: free runs in bins, coalesced with their neighbours as soon as
 * they are free; fresh pages above the top, committed in growing steps. An arena that is full
 * borrows pages from another.
 *
 * A free run has POOL_KIND_FREE and its length in its first and its last page, so that both
 * neighbours find it. All other pages of free and of large runs have POOL_KIND_NONE, except the
 * head of a large run. Bins 1..63 hold runs of exactly that many pages, the ones above a quarter of
 * a power of two each. No run crosses from one arena into another. */
#include "internal.h"

#define EXACT_BINS 64u
#define GROW_MIN   1u  /* chunks */
#define GROW_MAX   64u /* chunks: 4 MB */
#define TRIM_STEP  64u /* chunks that are decommitted with the lock held */

/* Defaults, percent of the region. The rest is for huge blocks. */
#define SHARE_SMALL  30u
#define SHARE_MEDIUM 15u
#define SHARE_LARGE  15u

static uint32_t take_from(struct PoolPageHeap *heap, uint32_t pages, uint32_t size, uint32_t tag,
                          uint32_t *fresh);
static void large_count(struct PoolPageHeap *heap, uint32_t size, uint32_t pages);
static uint32_t take_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh);
static uint32_t take_at_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh);
static int pass_lost(struct PoolPageHeap *heap);
static int holes_fill(struct PoolPageHeap *heap, uint32_t page, uint32_t pages);

/* From its own arena first, then from the last one down: there the largest runs are. */
uint32_t pool_run_take(uint32_t arena, uint32_t pages, uint32_t size, uint32_t tag,
                       uint32_t *fresh) {
    uint32_t other = POOL_ARENAS, head;

    head = take_from(&POOL_STATE->heaps[arena], pages, size, tag, fresh);

    while (head == 0 && other-- != 0)
        if (other != arena)
            head = take_from(&POOL_STATE->heaps[other], pages, size, tag, fresh);
    return head;
}

struct PoolPageHeap *pool_heap_of(uint32_t page) {
    struct PoolState *state = POOL_STATE;
    uint32_t arena = 0;

    while (page >= state->arena_end[arena] && arena < POOL_ARENAS - 1)
        arena++;
    return &state->heaps[arena];
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
        if (tag == POOL_KIND_LARGE) {
            POOL_STORE(POOL_PAGES[head].tag, tag);
            large_count(heap, size, pages);
        } else {
            if (tag == POOL_KIND_SCRAP)
                POOL_STORE(heap->used, heap->used + pages);
            for (page = 0; page < pages; page++)
                pool_page_tag(head + page, tag + (page << 16));
        }
    }
    POOL_UNLOCK(&heap->lock);
    return head;
}

void pool_page_tag(uint32_t page, uint32_t tag) {
    int of_span = (tag & POOL_KIND_MASK) == POOL_KIND_SPAN;

    POOL_STORE(POOL_PAGES[page].tag, tag);
    POOL_STORE(POOL_PAGE_CLASSES[page], (uint8_t)(of_span ? POOL_TAG_CLASS(tag) + 1 : 0));
}

static void large_count(struct PoolPageHeap *heap, uint32_t size, uint32_t pages) {
    uint32_t row = pool_histogram_row(size);

    heap->allocs++;
    heap->rows[row].live++;
    heap->rows[row].total++;
    POOL_STORE(heap->used, heap->used + pages);
}

uint32_t pool_histogram_row(uint32_t size) {
    return size <= 0x10000u ? 0 : POOL_LOG2(size - 1) - 15;
}

static uint32_t take_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh) {
    uint32_t head;

    do {
        head = take_at_top(heap, pages, fresh);
    } while (head == 0 && pass_lost(heap));
    return head;
}

/* A run that ends at a new top. It begins with the free run below the old one, if there is one. */
static uint32_t take_at_top(struct PoolPageHeap *heap, uint32_t pages, uint32_t *fresh) {
    uint32_t head = heap->top;

    if (head > heap->first && is_free(head - 1))
        head -= POOL_PAGES[head - 1].pages;
    if (pages > heap->end - head || pool_pages_commit(heap, head + pages) != 0 ||
        holes_fill(heap, head, heap->top - head) != 0)
        return 0;
    *fresh = head == heap->top;
    if (!*fresh)
        run_unlink(heap, head);
    heap->top = head + pages;
    return head;
}

/* If a lost segment keeps the top from rising: the pages below it become a free run, and the top
 * moves behind it. Returns 0 if no segment is lost. */
static int pass_lost(struct PoolPageHeap *heap) {
#ifdef POOLNV_SEGMENTED
    uint32_t after, lost, top = heap->top, reached = heap->frontier, from;

    from = reached > top ? reached : top;
    lost = pool_segment_lost(from << POOL_PAGE_SHIFT, heap->end << POOL_PAGE_SHIFT, &after);
    lost >>= POOL_PAGE_SHIFT;
    if (lost >= heap->end)
        return 0;
    after >>= POOL_PAGE_SHIFT;
    heap->holes += chunk_of(after) - chunk_of(reached);
    POOL_STORE(heap->frontier, after);
    heap->top = after;
    POOL_PAGES[lost].pages = after - lost;
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
    uint32_t have = POOL_PAGES[head].pages, after = head + have, space = 0, rest;

    if (after < heap->end && is_free(after))
        space = POOL_PAGES[after].pages;
    if (have + space >= pages) {
        if (holes_fill(heap, after, pages - have) != 0)
            return 0;
        rest = space - (pages - have);
        run_unlink(heap, after);
        if (rest != 0)
            run_link(heap, head + pages, rest);
    } else if (after + space == heap->top) {
        if (pages > heap->end - head || pool_pages_commit(heap, head + pages) != 0 ||
            holes_fill(heap, after, space) != 0)
            return 0;
        if (space != 0)
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

/* Commits an eighth of the present size at a time. */
int pool_pages_commit(struct PoolPageHeap *heap, uint32_t end) {
    uint32_t least, grow, have = chunk_of(heap->frontier), limit = chunk_of(heap->end);

    if (end <= heap->frontier)
        return 0;
    least = chunk_of(end + POOL_CHUNK_PAGES - 1) - have;
    grow = heap->committed >> 3;
    if (grow < GROW_MIN)
        grow = GROW_MIN;
    if (grow > GROW_MAX)
        grow = GROW_MAX;
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

/* Commits the holes among `pages` pages; 0 is success. After a failure some are committed. */
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

/* Decommits the committed chunks in chunk .. end - 1; a failure is ignored. Returns their number.
 */
static uint32_t chunks_decommit(struct PoolPageHeap *heap, uint32_t chunk, uint32_t end) {
    uint32_t stop, at, given = 0;
    uint8_t refused;

    for (; chunk < end; chunk = stop + 1) {
        for (stop = chunk; stop < end && POOL_LOAD(POOL_READABLE[stop]); stop++)
            POOL_STORE(POOL_READABLE[stop], 0);
        if (stop == chunk)
            continue;
        refused = pool_segments_decommit(chunk_address(chunk), chunk_bytes(stop - chunk)) != 0;
        if (!refused)
            given += stop - chunk;
        for (at = chunk; at < stop; at++)
            POOL_STORE(POOL_READABLE[at], refused);
    }
    heap->committed -= given;
    return given;
}

/* The first chunk wholly inside the run. Page 0 is unused and counts as part of page 1's run. */
static uint32_t first_chunk_in(uint32_t run) {
    return run == 1 ? 0 : chunk_of(run + POOL_CHUNK_PAGES - 1);
}

/* One beyond the last chunk wholly inside. Nothing beyond the top is in use. */
static uint32_t end_chunk_in(struct PoolPageHeap *heap, uint32_t run) {
    uint32_t end = run + POOL_PAGES[run].pages;
    return chunk_of(end == heap->top ? end + POOL_CHUNK_PAGES - 1 : end);
}

/* One step of a trim: decommits some free chunks above the top. Returns how many. */
static uint32_t trim_above_top(struct PoolPageHeap *heap) {
    uint32_t top, frontier, from, given = 0;

    POOL_LOCK(&heap->lock);
    top = chunk_of(heap->top + POOL_CHUNK_PAGES - 1);
    frontier = chunk_of(heap->frontier);
    if (frontier > top) {
        from = frontier - top > TRIM_STEP ? frontier - TRIM_STEP : top;
        given = chunks_decommit(heap, from, frontier);
        if (given == frontier - from)
            POOL_STORE(heap->frontier, from * POOL_CHUNK_PAGES);
        else
            given = 0;
    }
    POOL_UNLOCK(&heap->lock);
    return given;
}

/* The same with chunks of the free runs in a bin. */
static uint32_t trim_bin(struct PoolPageHeap *heap, uint32_t bin) {
    uint32_t run, chunk, end, given = 0;

    POOL_LOCK(&heap->lock);
    for (run = heap->bins[bin]; run != 0 && given == 0; run = POOL_PAGES[run].next) {
        end = end_chunk_in(heap, run);
        for (chunk = first_chunk_in(run); chunk < end && !POOL_LOAD(POOL_READABLE[chunk]); chunk++)
            ;
        if (chunk < end)
            given = chunks_decommit(heap, chunk, end - chunk > TRIM_STEP ? chunk + TRIM_STEP : end);
    }
    heap->holes += given;
    POOL_UNLOCK(&heap->lock);
    return given;
}

static uint32_t heap_trim(struct PoolPageHeap *heap) {
    uint32_t bin, given = 0, step;

    while ((step = trim_above_top(heap)) != 0)
        given += step;
    for (bin = 1; bin < POOL_BIN_LIMIT; bin++)
        while ((step = trim_bin(heap, bin)) != 0)
            given += step;
    return given;
}

/* In small steps: a thread that waits for pages meanwhile waits for one of them at most. */
uint32_t pool_pages_trim(void) {
    uint32_t arena, given = 0;

    for (arena = 0; arena < POOL_ARENAS; arena++)
        given += heap_trim(&POOL_STATE->heaps[arena]);
    return given;
}

/* Each arena in proportion to its part of the region, rounded up. */
void pool_prefault(uint64_t bytes) {
    struct PoolPageHeap *heap = POOL_STATE->heaps, *end = heap + POOL_ARENAS;
    uint32_t all = chunk_of(POOL_STATE->page_count), wanted, part, page, stop;

    wanted = bytes < POOLNV_REGION_BYTES ? (uint32_t)(bytes >> POOL_CHUNK_SHIFT) : all;
    for (; heap < end; heap += 1) {
        part = chunk_of(heap->end) - chunk_of(heap->first); /* below 2^16, as `wanted` is */
        part = (part * wanted + all - 1) / all;
        stop = (chunk_of(heap->first) + part) * POOL_CHUNK_PAGES;
        POOL_LOCK(&heap->lock);
        if (pool_pages_commit(heap, stop) == 0)
            for (page = heap->first; page < stop; page++) {
                char *touched = POOL_AT((uintptr_t)page << POOL_PAGE_SHIFT);
                *(volatile char *)touched = 0;
                *(volatile char *)(touched + POOL_PAGE_BYTES / 2) = 0; /* pages of the OS: 4 KB */
            }
        POOL_UNLOCK(&heap->lock);
    }
}

/* ---- arenas ---- */

static uint32_t chunks_wanted(uint32_t arena, uint32_t percent) {
    uint64_t bytes = POOL_CONTROL->arena_bytes[arena];

    if (bytes != 0)
        return (uint32_t)(bytes >> POOL_CHUNK_SHIFT);
    return POOL_STATE->page_count / POOL_CHUNK_PAGES * percent / 100;
}

void pool_page_heaps_init(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t all = state->page_count / POOL_CHUNK_PAGES, chunk = 0, chunks, arena;
    uint32_t shares[POOL_ARENAS];

    shares[POOL_ARENA_SMALL] = SHARE_SMALL;
    shares[POOL_ARENA_MEDIUM] = SHARE_MEDIUM;
    shares[POOL_ARENA_LARGE] = SHARE_LARGE;
    shares[POOL_ARENA_HUGE] = 100;
    for (arena = 0; arena < POOL_ARENAS; arena++) {
        chunks = chunks_wanted(arena, shares[arena]);
        if (chunks > all - chunk || arena == POOL_ARENA_HUGE)
            chunks = all - chunk;
        if (POOL_CONTROL->strategy == POOL_BUMP || POOLNV_REGION_BYTES < POOL_ARENA_MIN_REGION)
            chunks = arena == 0 ? all : 0;
        state->heaps[arena].first = chunk * POOL_CHUNK_PAGES;
        chunk += chunks;
        state->heaps[arena].end = chunk * POOL_CHUNK_PAGES;
        state->arena_end[arena] = chunk * POOL_CHUNK_PAGES;
        state->heaps[arena].top = state->heaps[arena].first;
        state->heaps[arena].frontier = state->heaps[arena].first;
    }
    if (POOL_CONTROL->strategy == POOL_RECYCLE) {
        state->heaps[0].first = 1; /* page 0 ends lists */
        state->heaps[0].top = 1;
        POOL_PAGES[0].tag = POOL_KIND_EDGE;
    }
    POOL_PAGES[state->page_count].tag = POOL_KIND_EDGE;
}
