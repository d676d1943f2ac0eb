/* The allocation functions of the program's own C runtime, as a fuzz calls them. */
#ifndef TEST_FUZZ_OWN_FAMILY_H
#define TEST_FUZZ_OWN_FAMILY_H

#include "../portable.h"
#include "family.h"

#ifdef _WIN32
/* Asked for by name: import libraries lack some, and have others of their own. The two aligned
 * functions that zero are left out, because Wine's ucrtbase ends the program when they are called.
 */
#define FUZZ_FIND(field, name)                                                                     \
    do {                                                                                           \
        const void *found = runtime_function(name);                                                \
        if (found != 0)                                                                            \
            memcpy(&family->field, &found, sizeof found);                                          \
    } while (0)

/* Those behind the plain ones, which ucrtbase exports too. */
static void fuzz_find_inner(struct FuzzFamily *family) {
    FUZZ_FIND(malloc, "_malloc_base");
    FUZZ_FIND(free, "_free_base");
    FUZZ_FIND(calloc, "_calloc_base");
    FUZZ_FIND(realloc, "_realloc_base");
    FUZZ_FIND(msize, "_msize_base");
    FUZZ_FIND(recalloc, "_recalloc_base");
    FUZZ_FIND(expand, "_expand_base");
}

static void fuzz_find_families(void) {
    struct FuzzFamily *family = &fuzz_families[0];
    FUZZ_FIND(malloc, "malloc");
    FUZZ_FIND(free, "free");
    FUZZ_FIND(calloc, "calloc");
    FUZZ_FIND(realloc, "realloc");
    FUZZ_FIND(msize, "_msize");
    FUZZ_FIND(expand, "_expand");
    FUZZ_FIND(recalloc, "_recalloc");
    FUZZ_FIND(aligned_malloc, "_aligned_malloc");
    FUZZ_FIND(aligned_free, "_aligned_free");
    FUZZ_FIND(aligned_realloc, "_aligned_realloc");
    FUZZ_FIND(aligned_msize, "_aligned_msize");
    FUZZ_FIND(aligned_offset_malloc, "_aligned_offset_malloc");
    FUZZ_FIND(aligned_offset_realloc, "_aligned_offset_realloc");
    family->keeps_errno = 1;
    fuzz_families[1] = fuzz_families[0];
    fuzz_find_inner(&fuzz_families[1]);
    fuzz_family_count = 2;
}
#else
static void fuzz_find_families(void) {
    struct FuzzFamily *family = &fuzz_families[0];
    family->malloc = malloc;
    family->free = free;
    family->calloc = calloc;
    family->realloc = realloc;
    family->malloc_usable_size = malloc_usable_size;
    family->memalign = memalign;
    family->posix_memalign = posix_memalign;
    family->aligned_alloc = aligned_alloc;
    family->valloc = valloc;
    family->pvalloc = pvalloc;
    family->reallocarray = reallocarray;
    fuzz_family_count = 1;
}
#endif

#endif
