/* SPDX-License-Identifier: MIT */
/* The hot paths of malloc, free and realloc, in assembly because TinyCC does not optimise: a C
 * function of its making spends more on moving its variables than on the work. What they do is what
 * crt.c and block.c do; test/cmodule runs both. Whatever is not plain (no cache yet, empty or full
 * stack, large, foreign, damaged, inactive, bump) they leave to crt_<name>_cold, untouched.
 *
 * While callers are sampled, hot_limit is 0 and every request leaves at its first comparison, for
 * the countdown of its thread, a second comparison, and then a copy of the way that it left. */
#ifndef POOLNV_HOT_H
#define POOLNV_HOT_H

#include "crt.h"

/* As numbers, because the assembler reads text. */
#define HOT_CONTROL  POOL_TEXT(POOLNV_CONTROL)
#define HOT_STATE    POOL_TEXT(POOLNV_CONTROL) "+0x1000"
#define HOT_STACK_AT POOL_TEXT(POOLNV_CONTROL) "+0x1040"
#define HOT_READABLE POOL_TEXT(POOLNV_CONTROL) "+0x10000"
#define HOT_REGION   POOL_TEXT(POOLNV_REGION)
#define HOT_LIVE     "0xDEADBEEF"
#define HOT_FREE     "0xFEEDF4EE"

_Static_assert(POOL_STATE_OFFSET == 0x1000 && POOL_READABLE_OFFSET == 0x10000, "see above");
_Static_assert(offsetof(struct PoolState, hot_limit) == 0, "see above");
_Static_assert(offsetof(struct PoolState, stack_at) == 0x40, "see above");
_Static_assert(POOL_MAGIC_LIVE == 0xDEADBEEFu && POOL_MAGIC_FREE == 0xFEEDF4EEu, "see above");
_Static_assert(POOL_HEADER == 12 && offsetof(struct AllocHeader, tag) == 4, "see above");
_Static_assert(POOL_CHUNK_SHIFT == 16, "see above");
_Static_assert(offsetof(struct PoolCache, stacks) == 0, "POOL_STACK_AT");

#endif
