/* SPDX-License-Identifier: MIT */
/* Operands for the fields of a magazine on i386. `at`: a register with a slot's value plus the
 * POOL_MAGAZINE_BEHIND of the class. */
#ifndef POOLNV_FAST_I386_H
#define POOLNV_FAST_I386_H

#include "fast.h"

#ifdef POOL_FAST_I386

#define FAST_SAMPLED      POOL_TEXT(POOLNV_CONTROL) "+0x1004"
#define MAGAZINE_0        POOL_TEXT(POOLNV_CONTROL) "+0xA7FE0"
#define TOP(at)           MAGAZINE_0 "(" at ")"
#define LIMIT(at)         MAGAZINE_0 "+4(" at ")"
#define IN_PLACE_MIN(at)  MAGAZINE_0 "+8(" at ")"
#define IN_PLACE_SPAN(at) MAGAZINE_0 "+10(" at ")"
#define CLASS_KEY(at)     MAGAZINE_0 "+12(" at ")"
#define ALLOCS(at)        MAGAZINE_0 "+16(" at ")"
#define ALLOCS_HI(at)     MAGAZINE_0 "+20(" at ")"
#define REALLOCS(at)      MAGAZINE_0 "+24(" at ")"
#define REALLOCS_HI(at)   MAGAZINE_0 "+28(" at ")"
#define COUNTDOWN(at)                                                                              \
    POOL_TEXT(POOLNV_CONTROL) "+0xA8A08(" at ")" /* of struct PoolCache; at: a slot's value */

/* Sets the size of the block in the first argument to the second; eax: the block. The tag changes
 * in the bits in which the size does. */
#define FAST_RESIZE                                                                                \
    "  movl 4(%esp), %eax\n"                                                                       \
    "  movl 8(%esp), %ecx\n"                                                                       \
    "  movl -12(%eax), %edx\n"                                                                     \
    "  movl %ecx, -12(%eax)\n"                                                                     \
    "  xorl %ecx, %edx\n"                                                                          \
    "  xorl %edx, -8(%eax)\n"

_Static_assert(offsetof(struct PoolState, sampled_limit) == 4, "FAST_SAMPLED");
_Static_assert(POOL_CACHES_OFFSET + POOL_CACHE_NEW * POOL_CACHE_BYTES == 0xA7FE0 + 32,
               "MAGAZINE_0");
_Static_assert(offsetof(struct PoolMagazine, limit) == 4, "LIMIT");
_Static_assert(offsetof(struct PoolMagazine, in_place_min) == 8, "IN_PLACE_MIN");
_Static_assert(offsetof(struct PoolMagazine, in_place_span) == 10, "IN_PLACE_SPAN");
_Static_assert(offsetof(struct PoolMagazine, class_key) == 12, "CLASS_KEY");
_Static_assert(offsetof(struct PoolMagazine, allocs) == 16, "ALLOCS");
_Static_assert(offsetof(struct PoolMagazine, reallocs) == 24, "REALLOCS");
_Static_assert(POOL_MAGAZINE_BEHIND(0) == 32, "MAGAZINE_0, LIVE_MAGAZINE");
_Static_assert(offsetof(struct PoolCache, countdown) == 0xA08, "COUNTDOWN");

#endif
#endif
