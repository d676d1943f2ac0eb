/* SPDX-License-Identifier: MIT */
/* Size classes. Strides step by 16 up to 256 bytes, then by an eighth of the power of two below, so
 * that a block is at most 12.5 % larger than requested, beyond the header. The steps start a header
 * above the power of two, so that requests of 512, 1024, 4096 bytes fit tightly.
 *
 * The tiny class, with a stride of 24, is only used by name: it is never the first class whose
 * stride suffices for a multiple of 16.
 *
 * A span has the fewest pages that leave less than 1/64 unused; the rest at its end is distributed
 * among its blocks. */
#include "internal.h"

#define STEP_LIMIT 256u /* strides up to here are every multiple of 16 */
#define SPAN_MIN   8u   /* pages */
#define SPAN_MAX   48u

#define MEDIUM_MAX 4128u /* bytes: the class of 4 KB requests is the last of its arena */

/* Capacity of a magazine: a compromise between refills and idle memory. */
#define MAGAZINE_BYTES 65536u
#define MAGAZINE_MAX   160u
#define MAGAZINE_MIN   2u

/* Blocks up to this many bytes are never moved when they shrink. The class of 2 KB requests is the
 * last. */
#define IN_PLACE_MAX 2128u

static uint32_t span_capacity(uint32_t pages) {
    return (pages << POOL_PAGE_SHIFT) - POOL_FIRST + 12;
}

/* The stride for blocks of at least `wanted` bytes in a span of that length, 0 if none fits. */
static uint32_t spread(uint32_t wanted, uint32_t pages) {
    uint32_t blocks = span_capacity(pages) / wanted;
    return blocks == 0 ? 0 : (span_capacity(pages) / blocks) & ~15u;
}

static uint32_t arena_of(uint32_t size) {
    if (size < STEP_LIMIT)
        return POOL_ARENA_SMALL;
    return size <= MEDIUM_MAX ? POOL_ARENA_MEDIUM : POOL_ARENA_LARGE;
}

static uint32_t capacity_of(uint32_t stride) {
    uint32_t blocks = MAGAZINE_BYTES / stride;

    if (blocks < MAGAZINE_MIN)
        return MAGAZINE_MIN;
    return blocks < MAGAZINE_MAX ? blocks : MAGAZINE_MAX;
}

static uint32_t class_add(uint32_t index, uint32_t wanted) {
    struct PoolClass *class = &POOL_STATE->classes[index];
    uint32_t best = 0, best_pages = 0, pages, stride;

    for (pages = SPAN_MIN; pages <= SPAN_MAX; pages++) {
        stride = spread(wanted, pages);
        if (stride != 0 && (best == 0 || stride < best)) {
            best = stride;
            best_pages = pages;
        }
        if (best != 0 && (best - wanted) * 64 <= wanted)
            break;
    }
    class->stride = wanted <= STEP_LIMIT ? wanted : best;
    class->span_pages = wanted <= STEP_LIMIT ? SPAN_MIN : best_pages;
    class->inverse = 0xFFFFFFFFu / (class->stride >> 3) + 1;
    class->max_size = class->stride - POOL_HEADER;
    if (class->max_size > POOL_SMALL_MAX)
        class->max_size = POOL_SMALL_MAX;
    class->index = index;
    class->class_key = POOL_CLASS_KEY(index);
    class->arena = arena_of(wanted - POOL_HEADER);
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
        state->magazine_at[unit] = (uint16_t)POOL_MAGAZINE_BEHIND(index);
    }
    return sizeof(struct PoolCache) + slots * sizeof(void *);
}

struct PoolClass *pool_class_for(size_t size) {
    struct PoolState *state = POOL_STATE;
    uint32_t behind = state->magazine_at[(size + POOL_HEADER + 15) >> 4];

    return &state->classes[(behind >> POOL_MAGAZINE_SHIFT) - 1];
}

/* ---- resizing in place ---- */

uint32_t pool_in_place_min(const struct PoolClass *class) {
    return class->max_size <= IN_PLACE_MAX ? 1 : class->max_size / 2;
}

int pool_fits_in_place(const struct PoolClass *class, size_t size, uint32_t old, int in_place) {
    return size <= class->max_size && (in_place || size >= old || size >= pool_in_place_min(class));
}
