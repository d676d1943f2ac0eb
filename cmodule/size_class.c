/* SPDX-License-Identifier: MIT */
/* Size classes. Strides step by 16 up to 256 bytes, then by an eighth of the power of two below, so
 * that a block is at most 12.5 % larger than asked for, beyond the header. The steps are taken from
 * a header above the power of two: requests of 512, 1024, 4096 bytes fit tightly.
 *
 * One class stands apart: the tiny one, with a stride of 24, for those who ask for it by name. It
 * is never the first class whose stride suffices for a multiple of 16, so that no other request
 * meets it.
 *
 * A span has the fewest pages that leave less than 1/64 unused, and what is left over at its end is
 * shared out among its blocks. */
#include "pool.h"

#define STEP_LIMIT 256u /* strides up to here are every multiple of 16 */
#define SPAN_LEAST 8u   /* pages */
#define SPAN_MOST  48u

#define MEDIUM_MAX 4128u /* bytes: the class of 4 KB requests is the last of its group */

/* What a thread may keep of one class: a compromise between visits to the spans and idle memory. */
#define STACK_BYTES 65536u
#define STACK_MOST  160u
#define STACK_LEAST 2u

static uint32_t span_room(uint32_t pages) { return (pages << POOL_PAGE_SHIFT) - POOL_FIRST + 12; }

/* The stride to use where blocks of at least `wanted` bytes are cut from a span of that length. */
static uint32_t spread(uint32_t wanted, uint32_t pages) {
    uint32_t blocks = span_room(pages) / wanted;
    return blocks == 0 ? 0 : (span_room(pages) / blocks) & ~15u;
}

static uint32_t group_of(uint32_t size) {
    if (size < STEP_LIMIT)
        return POOL_GROUP_SMALL;
    return size <= MEDIUM_MAX ? POOL_GROUP_MEDIUM : POOL_GROUP_LARGE;
}

static uint32_t capacity_of(uint32_t stride) {
    uint32_t blocks = STACK_BYTES / stride;

    if (blocks < STACK_LEAST)
        return STACK_LEAST;
    return blocks < STACK_MOST ? blocks : STACK_MOST;
}

static uint32_t class_add(uint32_t index, uint32_t wanted) {
    struct PoolClass *class = &POOL_STATE->classes[index];
    uint32_t best = 0, best_pages = 0, pages, stride;

    for (pages = SPAN_LEAST; pages <= SPAN_MOST; pages++) {
        stride = spread(wanted, pages);
        if (stride != 0 && (best == 0 || stride < best)) {
            best = stride;
            best_pages = pages;
        }
        if (best != 0 && (best - wanted) * 64 <= wanted)
            break;
    }
    class->stride = wanted <= STEP_LIMIT ? wanted : best;
    class->span_pages = wanted <= STEP_LIMIT ? SPAN_LEAST : best_pages;
    class->inverse = 0xFFFFFFFFu / (class->stride >> 3) + 1;
    class->max_size = class->stride - POOL_HEADER;
    if (class->max_size > POOL_SMALL_MAX)
        class->max_size = POOL_SMALL_MAX;
    class->index = index;
    class->code = POOL_CLASS_CODE(index);
    class->group = group_of(wanted - POOL_HEADER);
    class->capacity = capacity_of(class->stride);
    class->batch = (class->capacity + 1) / 2;
    return class->stride;
}

uint32_t pool_classes_init(void) {
    struct PoolState *state = POOL_STATE;
    uint32_t count = 0, stride = 0, step = 16, slots = POOL_SMALL_LIMIT, wanted, unit, index;

    for (wanted = 16; stride < POOL_SMALL_MAX + POOL_HEADER; wanted += step) {
        if (wanted > STEP_LIMIT + 16 && ((wanted - 16) & (wanted - 17)) == 0)
            step = (wanted - 16) >> 3;
        else if (wanted == STEP_LIMIT + 16)
            step = 32;
        if (count == POOL_TINY_INDEX)
            class_add(count++, POOL_TINY_STRIDE);
        if (wanted > stride)
            stride = class_add(count++, wanted);
    }
    state->class_count = count;
    for (index = 0; index < count; index++)
        slots += state->classes[index].capacity;
    for (unit = 0, index = 0; unit < POOL_UNITS; unit++) {
        while (index + 1 < count && state->classes[index].stride < unit << 4)
            index++;
        state->stack_at[unit] = (uint16_t)POOL_STACK_AT(index);
    }
    return sizeof(struct PoolCache) + slots * sizeof(void *);
}

struct PoolClass *pool_class_for(size_t size) {
    struct PoolState *state = POOL_STATE;
    return &state->classes[state->stack_at[(size + POOL_HEADER + 15) >> 4] >> POOL_STACK_SHIFT];
}

uint32_t pool_large_row(uint32_t size) { return size <= 0x10000u ? 0 : POOL_LOG2(size - 1) - 15; }
