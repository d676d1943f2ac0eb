/* Every way to get a new block. */
#ifndef TEST_FUZZ_MAKE_H
#define TEST_FUZZ_MAKE_H

#include "run.h"

/* Asks for block->size bytes. May round the size up, and fills in what else holds for the block;
 * not 0 in *zeroed: it must read as zero. Returns 0 without a call where the family has none. */
typedef int fuzz_make_t(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed);

#define FUZZ_NEEDS(function)                                                                       \
    if (run->family->function == 0)                                                                \
        return 0;                                                                                  \
    run->call = #function

/* Two factors of a size that is at least what it was, for functions that multiply. */
static size_t fuzz_split(struct FuzzRun *run, struct FuzzBlock *block, size_t *count) {
    size_t each = 1 + fuzz_pick(&run->random, 24);
    *count = (block->size + each - 1) / each;
    block->size = *count * each;
    return each;
}

static int fuzz_make_malloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(malloc);
    (void)zeroed;
    block->at = run->family->malloc(block->size);
    return 1;
}

static int fuzz_make_calloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    size_t count, each;
    FUZZ_NEEDS(calloc);
    each = fuzz_split(run, block, &count);
    *zeroed = 1;
    block->at = run->family->calloc(count, each);
    return 1;
}

static int fuzz_make_realloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(realloc);
    (void)zeroed;
    run->counts.reallocs++;
    block->at = run->family->realloc(0, block->size);
    return 1;
}

static int fuzz_make_memalign(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(memalign);
    (void)zeroed;
    block->alignment = fuzz_alignment(&run->random);
    block->at = run->family->memalign(block->alignment, block->size);
    return 1;
}

static int fuzz_make_posix(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    void *out = 0;
    FUZZ_NEEDS(posix_memalign);
    (void)zeroed;
    block->alignment = fuzz_alignment(&run->random);
    if (block->alignment < sizeof(void *))
        block->alignment = sizeof(void *);
    if (run->family->posix_memalign(&out, block->alignment, block->size) == 0)
        block->at = out;
    return 1;
}

static int fuzz_make_aligned_alloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(aligned_alloc);
    (void)zeroed;
    block->alignment = fuzz_alignment(&run->random);
    block->size = (block->size + block->alignment - 1) & ~(block->alignment - 1);
    block->at = run->family->aligned_alloc(block->alignment, block->size);
    return 1;
}

static int fuzz_make_valloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(valloc);
    (void)zeroed;
    block->alignment = 4096;
    block->at = run->family->valloc(block->size);
    return 1;
}

static int fuzz_make_pvalloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(pvalloc);
    (void)zeroed;
    block->alignment = 4096;
    block->at = run->family->pvalloc(block->size);
    block->size = (block->size + 4095) & ~(size_t)4095;
    return 1;
}

static int fuzz_make_reallocarray(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    size_t count, each;
    FUZZ_NEEDS(reallocarray);
    (void)zeroed;
    each = fuzz_split(run, block, &count);
    run->counts.reallocs++;
    block->at = run->family->reallocarray(0, count, each);
    return 1;
}

static int fuzz_make_recalloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    size_t count, each;
    FUZZ_NEEDS(recalloc);
    each = fuzz_split(run, block, &count);
    *zeroed = 1;
    run->counts.reallocs++;
    block->at = run->family->recalloc(0, count, each);
    return 1;
}

static void fuzz_want_aligned(struct FuzzRun *run, struct FuzzBlock *block) {
    block->is_aligned = 1;
    block->alignment = fuzz_alignment(&run->random);
}

/* An offset must lie in the block. */
static void fuzz_want_offset(struct FuzzRun *run, struct FuzzBlock *block) {
    fuzz_want_aligned(run, block);
    if (block->size > 1)
        block->offset = fuzz_pick(&run->random, block->size < 200 ? (uint32_t)block->size : 200);
}

static int fuzz_make_aligned(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(aligned_malloc);
    (void)zeroed;
    fuzz_want_aligned(run, block);
    block->at = run->family->aligned_malloc(block->size, block->alignment);
    return 1;
}

static int fuzz_make_aligned_realloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(aligned_realloc);
    (void)zeroed;
    fuzz_want_aligned(run, block);
    run->counts.reallocs++;
    block->at = run->family->aligned_realloc(0, block->size, block->alignment);
    return 1;
}

static int fuzz_make_aligned_recalloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    size_t count, each;
    FUZZ_NEEDS(aligned_recalloc);
    each = fuzz_split(run, block, &count);
    fuzz_want_aligned(run, block);
    *zeroed = 1;
    run->counts.reallocs++;
    block->at = run->family->aligned_recalloc(0, count, each, block->alignment);
    return 1;
}

static int fuzz_make_offset(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(aligned_offset_malloc);
    (void)zeroed;
    fuzz_want_offset(run, block);
    block->at = run->family->aligned_offset_malloc(block->size, block->alignment, block->offset);
    return 1;
}

static int fuzz_make_offset_realloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    FUZZ_NEEDS(aligned_offset_realloc);
    (void)zeroed;
    fuzz_want_offset(run, block);
    run->counts.reallocs++;
    block->at =
        run->family->aligned_offset_realloc(0, block->size, block->alignment, block->offset);
    return 1;
}

static int fuzz_make_offset_recalloc(struct FuzzRun *run, struct FuzzBlock *block, int *zeroed) {
    size_t count, each;
    FUZZ_NEEDS(aligned_offset_recalloc);
    each = fuzz_split(run, block, &count);
    fuzz_want_offset(run, block);
    *zeroed = 1;
    run->counts.reallocs++;
    block->at =
        run->family->aligned_offset_recalloc(0, count, each, block->alignment, block->offset);
    return 1;
}

/* The plain ones half of the time. */
static fuzz_make_t *const fuzz_ways_to_make[] = {
    fuzz_make_malloc,  fuzz_make_malloc,          fuzz_make_malloc,
    fuzz_make_malloc,  fuzz_make_malloc,          fuzz_make_malloc,
    fuzz_make_malloc,  fuzz_make_malloc,          fuzz_make_calloc,
    fuzz_make_calloc,  fuzz_make_calloc,          fuzz_make_calloc,
    fuzz_make_realloc, fuzz_make_realloc,         fuzz_make_memalign,
    fuzz_make_posix,   fuzz_make_aligned_alloc,   fuzz_make_valloc,
    fuzz_make_pvalloc, fuzz_make_reallocarray,    fuzz_make_recalloc,
    fuzz_make_aligned, fuzz_make_aligned_realloc, fuzz_make_aligned_recalloc,
    fuzz_make_offset,  fuzz_make_offset_realloc,  fuzz_make_offset_recalloc,
};

#define FUZZ_WAYS_TO_MAKE (sizeof fuzz_ways_to_make / sizeof *fuzz_ways_to_make)

/* A new block in an empty place. */
static void fuzz_make(struct FuzzRun *run, struct FuzzBlock *block) {
    fuzz_make_t *way = fuzz_ways_to_make[fuzz_pick(&run->random, FUZZ_WAYS_TO_MAKE)];
    int zeroed = 0;
    memset(block, 0, sizeof *block);
    block->size = fuzz_size(&run->random);
    block->identity = (uint32_t)next_random(&run->random);
    block->alignment = 2 * sizeof(void *);
    if (!way(run, block, &zeroed))
        fuzz_make_malloc(run, block, &zeroed);
    run->size = block->size;
    fuzz_expect(run, block->at != 0, 0, "no block");
    if (block->at == 0)
        return;
    run->counts.made++;
    if (zeroed)
        fuzz_expect_contents(run, fuzz_is_zero(block, 0), block->at, "not zero");
    fuzz_fill(block, 0);
    fuzz_look(run, block);
}

#endif
