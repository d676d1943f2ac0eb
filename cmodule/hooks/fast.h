/* SPDX-License-Identifier: MIT */
/* The fast paths of malloc, free and realloc, in assembly because TinyCC does not optimise: its C
 * functions spend more time on moving variables than on the work. They do what crt.c and block.c
 * do; test/native runs both. All other cases (no cache yet, empty or full magazine, large,
 * foreign, damaged, pool off, bump) jump to crt_<name>_slow with nothing changed.
 *
 * While sampling, fast_limit is 0 and every request leaves the path at its first comparison, for
 * the countdown of its thread, a second comparison, and then a copy of the path. */
#ifndef POOLNV_FAST_H
#define POOLNV_FAST_H

#include "crt.h"

/* As numbers, because assembly is text. */
#define FAST_CONTROL     POOL_TEXT(POOLNV_CONTROL)
#define FAST_STATE       POOL_TEXT(POOLNV_CONTROL) "+0x1000"
#define FAST_MAGAZINE_AT POOL_TEXT(POOLNV_CONTROL) "+0x1040"
#define FAST_CLASSES     POOL_TEXT(POOLNV_CONTROL) "+0x20000"
#define FAST_REGION      POOL_TEXT(POOLNV_REGION)
#define FAST_LIVE        "0xDEADBEEF"
#define FAST_FREE        "0xFEEDF4EE"

_Static_assert(POOL_STATE_OFFSET == 0x1000 && POOL_CLASSES_OFFSET == 0x20000, "see above");
_Static_assert(offsetof(struct PoolState, fast_limit) == 0, "see above");
_Static_assert(offsetof(struct PoolState, magazine_at) == 0x40, "see above");
_Static_assert(POOL_MAGIC_LIVE == 0xDEADBEEFu && POOL_MAGIC_FREE == 0xFEEDF4EEu, "see above");
_Static_assert(POOL_HEADER == 12 && offsetof(struct AllocHeader, tag) == 4, "see above");
_Static_assert(POOL_PAGE_SHIFT == 13, "see above");
_Static_assert(offsetof(struct PoolCache, magazines) == 0, "POOL_MAGAZINE_AT");

#endif
