/* SPDX-License-Identifier: MIT */
/* The hot paths of malloc, free and realloc, in assembly because TinyCC does not optimise: a C
 * function of its making spends more on moving its variables than on the work. What they do is what
 * crt.c and block.c do; test/cmodule runs both. Whatever is not plain (no cache yet, empty or full
 * stack, large, foreign, damaged, inactive, bump) they leave to crt_<name>_cold, untouched. */
#ifndef POOLNV_HOT_H
#define POOLNV_HOT_H

#include "crt.h"

/* As numbers, because the assembler reads text. */
#define HOT_CONTROL  POOL_TEXT(POOLNV_CONTROL)
#define HOT_STATE    POOL_TEXT(POOLNV_CONTROL) "+0x1000"
#define HOT_KEY_OF   POOL_TEXT(POOLNV_CONTROL) "+0x1040"
#define HOT_READABLE POOL_TEXT(POOLNV_CONTROL) "+0x10000"
#define HOT_REGION   POOL_TEXT(POOLNV_REGION)
#define HOT_LIVE     "0xDEADBEEF"
#define HOT_FREE     "0xFEEDF4EE"
#define HOT_PLACE    "0x9E3779B1"
#define HOT_TAG      "0x85EBCA6B"
#define HOT_INVERSE  "0xA5CB9243"

_Static_assert(POOL_STATE_OFFSET == 0x1000 && POOL_READABLE_OFFSET == 0x10000, "see above");
_Static_assert(offsetof(struct PoolState, hot_limit) == 0, "see above");
_Static_assert(offsetof(struct PoolState, key_of) == 0x40, "see above");
_Static_assert(POOL_MAGIC_LIVE == 0xDEADBEEFu && POOL_MAGIC_FREE == 0xFEEDF4EEu, "see above");
_Static_assert(POOL_HEADER == 12 && offsetof(struct AllocHeader, tag) == 4, "see above");
_Static_assert(POOL_PLACE_FACTOR == 0x9E3779B1u, "see above");
_Static_assert(POOL_TAG_FACTOR == 0x85EBCA6Bu && POOL_TAG_INVERSE == 0xA5CB9243u, "see above");
_Static_assert(POOL_CHUNK_SHIFT == 16, "see above");
_Static_assert(offsetof(struct PoolCache, stacks) == 0, "a key leads to a stack of a cache");
_Static_assert(POOL_STACK_SHIFT - POOL_KEY_SHIFT == 3, "a key counts in eighths of a stack");

#endif
