/* Every way to give a live block another size. */
#ifndef TEST_FUZZ_RESIZE_H
#define TEST_FUZZ_RESIZE_H

#include <errno.h>

#include "make.h"

/* What came of it: the block is as the function left it, which the model still has to follow. */
struct FuzzResult {
    void *at;
    int zeroed; /* not 0: what is new of it must read as zero */
};

/* Asks for wanted->size bytes, which it may round up; wanted is otherwise the block as it was. */
static struct FuzzResult fuzz_resize_plain(struct FuzzRun *run, struct FuzzBlock *wanted) {
    const struct FuzzFamily *family = run->family;
    struct FuzzResult result = {0, 0};
    uint32_t way = fuzz_pick(&run->random, 8);
    size_t count, each;
    run->counts.reallocs++;
    if (way == 0 && family->reallocarray != 0) {
        run->call = "reallocarray";
        each = fuzz_split(run, wanted, &count);
        result.at = family->reallocarray(wanted->at, count, each);
    } else if (way == 1 && family->recalloc != 0) {
        run->call = "_recalloc";
        each = fuzz_split(run, wanted, &count);
        result.zeroed = 1;
        result.at = family->recalloc(wanted->at, count, each);
    } else {
        run->call = "realloc";
        result.at = family->realloc(wanted->at, wanted->size);
    }
    return result;
}

static struct FuzzResult fuzz_resize_aligned(struct FuzzRun *run, struct FuzzBlock *wanted) {
    const struct FuzzFamily *family = run->family;
    struct FuzzResult result = {0, 0};
    int zeroes = fuzz_pick(&run->random, 3) == 0 && family->aligned_recalloc != 0;
    size_t count, each;
    run->counts.reallocs++;
    result.zeroed = zeroes;
    if (zeroes) {
        each = fuzz_split(run, wanted, &count);
        run->call = wanted->offset != 0 ? "_aligned_offset_recalloc" : "_aligned_recalloc";
        if (wanted->offset != 0)
            result.at = family->aligned_offset_recalloc(wanted->at, count, each, wanted->alignment,
                                                        wanted->offset);
        else
            result.at = family->aligned_recalloc(wanted->at, count, each, wanted->alignment);
    } else {
        run->call = wanted->offset != 0 ? "_aligned_offset_realloc" : "_aligned_realloc";
        if (wanted->offset != 0)
            result.at = family->aligned_offset_realloc(wanted->at, wanted->size, wanted->alignment,
                                                       wanted->offset);
        else
            result.at = family->aligned_realloc(wanted->at, wanted->size, wanted->alignment);
    }
    return result;
}

/* To no bytes: the block is freed and there is none. */
static void fuzz_resized_to_nothing(struct FuzzRun *run, struct FuzzBlock *block, void *at) {
    fuzz_expect(run, at == 0 || run->family->keeps_empty, at, "a block of no bytes was kept");
    block->at = at;
    block->size = 0;
    block->alignment = block->is_aligned ? block->alignment : 1;
}

/* Whether the runtime knows how long the block really is. */
static int fuzz_is_measured(const struct FuzzRun *run, const struct FuzzBlock *block) {
    const struct FuzzFamily *family = run->family;
    if (!family->measures_room)
        return 1;
    if (!block->is_aligned)
        return family->msize(block->at) == block->size;
    return family->aligned_msize(block->at, block->alignment, block->offset) == block->size;
}

static void fuzz_resize(struct FuzzRun *run, struct FuzzBlock *block) {
    struct FuzzBlock wanted = *block;
    struct FuzzResult result;
    size_t kept;
    int measured = fuzz_is_measured(run, block);
    fuzz_look(run, block);
    wanted.size = fuzz_size(&run->random);
    if (block->offset != 0)
        wanted.size += block->offset + 1; /* it must lie in the block */
    run->size = wanted.size;
    result =
        block->is_aligned ? fuzz_resize_aligned(run, &wanted) : fuzz_resize_plain(run, &wanted);
    run->size = wanted.size;
    if (wanted.size == 0) {
        fuzz_resized_to_nothing(run, block, result.at);
        return;
    }
    fuzz_expect(run, result.at != 0, block->at, "no block");
    if (result.at == 0)
        return;
    if (result.at != block->at)
        run->counts.moved++;
    kept = block->size < wanted.size ? block->size : wanted.size;
    block->at = result.at;
    block->size = wanted.size;
    if (!block->is_aligned)
        block->alignment = 2 * sizeof(void *);
    fuzz_expect_contents(run, fuzz_holds(block, kept), block->at, "lost contents");
    if (result.zeroed && measured)
        fuzz_expect_contents(run, fuzz_is_zero(block, kept), block->at, "not zero");
    fuzz_fill(block, kept);
    fuzz_look(run, block);
}

/* In place or not at all. */
static void fuzz_expand(struct FuzzRun *run, struct FuzzBlock *block) {
    size_t size = fuzz_size(&run->random) + 1;
    size_t kept = block->size < size ? block->size : size;
    void *at;
    fuzz_look(run, block);
    if (run->family->expand == 0 || block->is_aligned)
        return;
    run->call = "_expand";
    run->size = size;
    at = run->family->expand(block->at, size);
    fuzz_expect(run, at == 0 || at == block->at, block->at, "moved");
    if (at != 0)
        block->size = size;
    fuzz_expect_contents(run, fuzz_holds(block, at != 0 ? kept : block->size), block->at,
                         "lost contents");
    fuzz_fill(block, kept);
    fuzz_look(run, block);
}

/* A size that nobody can serve: there is no block, and the old one is as it was. */
static void fuzz_refused_resize(struct FuzzRun *run, struct FuzzBlock *block) {
    const struct FuzzFamily *family = run->family;
    size_t size = fuzz_absurd_size(&run->random);
    void *at;
    run->size = size;
    errno = 0;
    if (block->is_aligned) {
        run->call = "_aligned_offset_realloc";
        run->counts.reallocs++;
        at = family->aligned_offset_realloc(block->at, size, block->alignment, block->offset);
    } else if (family->reallocarray != 0 && fuzz_pick(&run->random, 2) == 0) {
        run->call = "reallocarray";
        run->counts.reallocs++;
        at = family->reallocarray(block->at, size / 4, 8);
    } else if (family->recalloc != 0 && fuzz_pick(&run->random, 2) == 0) {
        run->call = "_recalloc";
        run->counts.reallocs++;
        at = family->recalloc(block->at, size / 4, 8);
    } else {
        run->call = "realloc";
        run->counts.reallocs++;
        at = family->realloc(block->at, size);
    }
    fuzz_expect(run, at == 0, at, "an impossible block");
    fuzz_expect(run, errno == ENOMEM || family->keeps_errno, block->at, "errno is not ENOMEM");
    fuzz_look(run, block);
}

#endif
