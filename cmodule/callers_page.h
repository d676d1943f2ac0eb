/* SPDX-License-Identifier: MIT */
/* Sampled callers as they leave the process, page by page: one version with the control block, the
 * same bytes in 32-bit and 64-bit processes. */
#ifndef POOLNV_CALLERS_PAGE_H
#define POOLNV_CALLERS_PAGE_H

#include <stddef.h>
#include <stdint.h>

#define CALLERS_DEPTH 4u
#define CALLERS_PAGE  64u

/* One way to ask. Of those with the same chain there may be two, see callers.c. */
struct CallerRow {
    uint64_t chain[CALLERS_DEPTH]; /* return addresses, the innermost first, 0 behind the last; more
                                      than one only in 32-bit Windows programs */
    uint64_t samples;
    uint64_t bytes; /* that they asked for together */
};

struct CallersPage {
    uint32_t one_in; /* 0: no longer */
    uint32_t epoch;
    uint64_t samples, unplaced;
    uint32_t next;  /* where the next page begins, 0 behind the last */
    uint32_t count; /* rows filled */
    struct CallerRow rows[CALLERS_PAGE];
};

_Static_assert(sizeof(struct CallerRow) == 48, "a public format");
_Static_assert(offsetof(struct CallersPage, rows) == 32, "a public format");

#endif
