/* SPDX-License-Identifier: MIT */
/* The address space of the region: reserved by the agent in one piece or, with POOLNV_SEGMENTED,
 * reserved in segments on demand. If a part of a segment is in use by then, the segment is lost for
 * good, and pointers into it are not the pool's. */
#include "internal.h"

#ifdef POOLNV_SEGMENTED

static uint32_t segment_of(uint32_t offset) { return offset >> POOL_SEGMENT_SHIFT; }

/* One beyond the last byte of the segment, in the region. */
static uint32_t segment_end(uint32_t offset) {
    uint32_t next = (segment_of(offset) + 1) << POOL_SEGMENT_SHIFT; /* 0 beyond 4 GB */

    return next == 0 || next > POOLNV_REGION_BYTES ? (uint32_t)POOLNV_REGION_BYTES : next;
}

/* Adjacent arenas share a segment, so the page-heap locks do not protect this. */
static int segment_reserve(uint32_t offset) {
    struct PoolState *state = POOL_STATE;
    uint32_t segment = segment_of(offset), first = segment << POOL_SEGMENT_SHIFT;
    int known;

    if (POOL_LOAD(state->segments[segment]) == POOL_SEGMENT_OURS)
        return 0;
    POOL_LOCK(&state->segment_lock);
    known = POOL_LOAD(state->segments[segment]);
    if (known == POOL_SEGMENT_UNSEEN) {
        known = pool_os_reserve(POOL_AT(first), segment_end(first) - first) == 0
                    ? POOL_SEGMENT_OURS
                    : POOL_SEGMENT_LOST;
        POOL_STORE(state->segments[segment], known);
    }
    POOL_UNLOCK(&state->segment_lock);
    return known == POOL_SEGMENT_OURS ? 0 : -1;
}

int pool_segments_commit(void *start, size_t bytes) {
    uint32_t first = POOL_OFFSET(start), end = first + (uint32_t)bytes, offset, stop;

    for (offset = first; offset < end; offset = segment_end(offset))
        if (segment_reserve(offset) != 0)
            return -1;
    for (offset = first; offset < end; offset = stop) {
        stop = segment_end(offset) < end ? segment_end(offset) : end;
        if (pool_os_commit(POOL_AT(offset), stop - offset) != 0)
            return -1;
    }
    return 0;
}

int pool_segments_decommit(void *start, size_t bytes) {
    uint32_t offset = POOL_OFFSET(start), end = offset + (uint32_t)bytes, stop;

    for (; offset < end; offset = stop) {
        stop = segment_end(offset) < end ? segment_end(offset) : end;
        if (pool_os_decommit(POOL_AT(offset), stop - offset) != 0)
            return -1;
    }
    return 0;
}

uint32_t pool_segment_lost(uint32_t offset, uint32_t end, uint32_t *after) {
    int known;

    for (; offset < end; offset = segment_end(offset)) {
        known = POOL_LOAD(POOL_STATE->segments[segment_of(offset)]);
        if (known == POOL_SEGMENT_UNSEEN)
            break;
        if (known == POOL_SEGMENT_LOST) {
            *after = segment_end(offset) < end ? segment_end(offset) : end;
            return offset;
        }
    }
    return end;
}

uint32_t pool_reserved(void) {
    uint32_t offset, bytes = 0;

    for (offset = 0; offset < POOLNV_REGION_BYTES; offset = segment_end(offset))
        if (POOL_LOAD(POOL_STATE->segments[segment_of(offset)]) == POOL_SEGMENT_OURS)
            bytes += segment_end(offset) - offset;
    return bytes;
}

void pool_give_back(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t offset;

    for (offset = 0; offset < POOLNV_REGION_BYTES; offset = segment_end(offset)) {
        if (POOL_LOAD(state->segments[segment_of(offset)]) == POOL_SEGMENT_OURS)
            pool_os_release(POOL_AT(offset), segment_end(offset) - offset);
        POOL_STORE(state->segments[segment_of(offset)], POOL_SEGMENT_UNSEEN);
    }
}

#else

void pool_give_back(void) {} /* the agent has reserved it, and releases it */

uint32_t pool_reserved(void) { return (uint32_t)POOLNV_REGION_BYTES; }

#endif
