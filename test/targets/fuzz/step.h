/* One step of a fuzz: one call on one place for a block, and a look at what it did. */
#ifndef TEST_FUZZ_STEP_H
#define TEST_FUZZ_STEP_H

#include "resize.h"

static void fuzz_free(struct FuzzRun *run, struct FuzzBlock *block) {
    fuzz_look(run, block);
    run->call = block->is_aligned ? "_aligned_free" : "free";
    run->counts.frees++;
    errno = EDOM;
    if (block->is_aligned)
        run->family->aligned_free(block->at);
    else
        run->family->free(block->at);
    fuzz_expect(run, errno == EDOM, block->at, "errno changed");
    block->at = 0;
}

/* Calls that hand out nothing. */
static void fuzz_refused(struct FuzzRun *run) {
    const struct FuzzFamily *family = run->family;
    size_t size = fuzz_absurd_size(&run->random);
    void *out = run, *at = 0;
    run->size = size;
    errno = 0;
    switch (fuzz_pick(&run->random, 6)) {
    case 0:
        run->call = "malloc";
        at = family->malloc(fuzz_pick(&run->random, 2) ? size : SIZE_MAX);
        break;
    case 1:
        run->call = "calloc";
        at = family->calloc(size / 4, 8);
        break;
    case 2:
        run->call = "realloc";
        run->counts.reallocs++;
        at = family->realloc(0, size);
        break;
    case 3:
        if (family->posix_memalign != 0) {
            run->call = "posix_memalign";
            fuzz_expect(run, family->posix_memalign(&out, 3 * sizeof out, 100) == EINVAL, 0,
                        "EINVAL is not returned");
            fuzz_expect(run, family->posix_memalign(&out, 64, size) == ENOMEM, 0,
                        "ENOMEM is not returned");
            fuzz_expect(run, out == run, out, "the pointer changed");
        }
        return;
    case 4:
        run->call = "free";
        run->counts.frees++;
        family->free(0);
        return;
    default:
        if (family->malloc_usable_size != 0) {
            run->call = "malloc_usable_size";
            fuzz_expect(run, family->malloc_usable_size(0) == 0, 0, "NULL has a size");
        }
        return;
    }
    fuzz_expect(run, at == 0, at, "an impossible block");
    fuzz_expect(run, errno == ENOMEM || family->keeps_errno, 0, "errno is not ENOMEM");
}

static void fuzz_step(struct FuzzRun *run, struct FuzzBlock *block) {
    uint32_t dice = fuzz_pick(&run->random, 1000);
    run->family = &fuzz_families[fuzz_pick(&run->random, fuzz_family_count)];
    run->call = "nothing";
    run->size = run->old_size = block->at != 0 ? block->size : 0;
    if (dice < 5)
        fuzz_refused(run);
    else if (block->at == 0)
        fuzz_make(run, block);
    else if (dice < 500)
        fuzz_free(run, block);
    else if (dice < 900)
        fuzz_resize(run, block);
    else if (dice < 990)
        fuzz_expand(run, block);
    else
        fuzz_refused_resize(run, block);
    run->counts.steps++;
}

#endif
