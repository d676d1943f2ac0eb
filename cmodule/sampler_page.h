/* SPDX-License-Identifier: MIT */
/* Samples of allocation calls as they leave the process, page by page. Versioned with the control
 * block; the same bytes in 32-bit and 64-bit processes. */
#ifndef POOLNV_SAMPLER_PAGE_H
#define POOLNV_SAMPLER_PAGE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLER_DEPTH     4u
#define SAMPLER_PAGE_ROWS 64u

/* The samples of one call chain. Two rows may have the same chain, see row_of in sampler.c. */
struct SamplerRow {
    uint64_t chain[SAMPLER_DEPTH]; /* return addresses, innermost first, then 0; more than one only
                                      in 32-bit Windows programs */
    uint64_t samples;
    uint64_t bytes; /* requested by them together */
};

struct SamplerPage {
    uint32_t sample_interval; /* 0: sampling is off */
    uint32_t epoch;
    uint64_t samples, dropped;
    uint32_t next;  /* index at which the next page begins, 0 after the last */
    uint32_t count; /* rows filled */
    struct SamplerRow rows[SAMPLER_PAGE_ROWS];
};

_Static_assert(sizeof(struct SamplerRow) == 48, "a public format");
_Static_assert(offsetof(struct SamplerPage, rows) == 32, "a public format");

#endif
