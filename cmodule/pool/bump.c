/* SPDX-License-Identifier: MIT */
/* The bump strategy: one pointer that only goes up. free releases nothing, realloc allocates and
 * copies. For a request of 100 bytes, header and user bytes rounded up to 16 are 12 + 112 = 124
 * bytes; the next header begins 4 bytes later, so that its user bytes are aligned. */
#include "internal.h"

#define BUMP_FIRST (POOL_FIRST - POOL_HEADER) /* offset of the first header */

void *pool_bump_alloc(size_t size) {
    struct PoolState *state = POOL_STATE;
    struct PoolPageHeap *heap = &state->heaps[0]; /* all of the region */
    uint32_t top, bytes, end;
    int refused;
    char *user;

    if (size > POOLNV_REGION_BYTES - 2 * POOL_FIRST)
        return NULL;
    bytes = (((uint32_t)size + 15) & ~15u) + POOL_FIRST;
    do { /* the pointer never passes the end */
        top = POOL_LOAD(state->bump_top);
        if (bytes > (state->page_count << POOL_PAGE_SHIFT) - top)
            return NULL;
        end = top + bytes - BUMP_FIRST;
        if (end > POOL_LOAD(heap->frontier) << POOL_PAGE_SHIFT) {
            POOL_LOCK(&heap->lock);
            refused = pool_pages_commit(heap, (end + POOL_PAGE_BYTES - 1) >> POOL_PAGE_SHIFT);
            POOL_UNLOCK(&heap->lock);
            if (refused)
                return NULL;
        }
    } while (!pool_swap_if(&state->bump_top, top, top + bytes));

    user = (char *)POOL_AT(top) + POOL_HEADER;
    pool_header_write(user, (uint32_t)size, POOL_KEY_BUMP, POOL_MAGIC_LIVE);
    if (size <= POOL_SMALL_MAX)
        POOL_COUNT(pool_class_for(size)->bumped);
    else
        POOL_COUNT(heap->rows[pool_histogram_row((uint32_t)size)].total);
    return user;
}

/* GetAllocSize of the v2.0 document: checks the header before it returns the size. */
enum PoolVerdict pool_bump_size(const void *user, uint32_t *size, struct InnerHeader *inner) {
    uint32_t offset = POOL_OFFSET(user);
    const struct AllocHeader *header;

    if (offset < POOL_FIRST || offset > POOL_LOAD(POOL_STATE->bump_top) - BUMP_FIRST)
        return POOL_CORRUPT;
    if ((offset & 15) == 0) {
        header = POOL_HEADER_OF(user);
        if (header->magic == POOL_MAGIC_LIVE && POOL_KEY_OF(header, user) == POOL_KEY_BUMP) {
            *size = header->size;
            return POOL_OK;
        }
    }
    memcpy(inner, (const char *)user - sizeof *inner, sizeof *inner);
    return inner->magic == POOL_MAGIC_INNER ? POOL_INNER : POOL_CORRUPT;
}

/* In place only if the caller can't move, and only within the rounding. */
enum PoolVerdict pool_bump_resize(void *user, size_t size, uint32_t *old, int in_place,
                                  struct InnerHeader *inner) {
    enum PoolVerdict verdict = pool_bump_size(user, old, inner);

    if (verdict != POOL_OK)
        return verdict;
    if (!in_place || size > ((*old + 15) & ~15u))
        return POOL_MOVE;
    pool_header_write(user, (uint32_t)size, POOL_KEY_BUMP, POOL_MAGIC_LIVE);
    return POOL_OK;
}
