/* SPDX-License-Identifier: MIT */
/* What the hot paths of i386 know of a stack: its fields, by the register that holds a slot's value
 * and where the stack stands (POOL_STACK_AT). */
#ifndef POOLNV_HOT_I386_H
#define POOLNV_HOT_I386_H

#include "hot.h"

#ifdef POOL_HOT_I386

#define HOT_SAMPLED    POOL_TEXT(POOLNV_CONTROL) "+0x1004"
#define STACK_0        POOL_TEXT(POOLNV_CONTROL) "+0x28000"
#define TOP(at)        STACK_0 "(" at ")"
#define LIMIT(at)      STACK_0 "+4(" at ")"
#define LEAST(at)      STACK_0 "+8(" at ")"
#define SPAN(at)       STACK_0 "+10(" at ")"
#define CODE(at)       STACK_0 "+12(" at ")"
#define ALLOCS(at)     STACK_0 "+16(" at ")"
#define ALLOCS_HI(at)  STACK_0 "+20(" at ")"
#define REALLOCS(at)   STACK_0 "+24(" at ")"
#define REALLOC_HI(at) STACK_0 "+28(" at ")"
#define STACK_MASK     "0xFE0"
#define COUNTDOWN(at)  STACK_0 "+0xA08(" at ")" /* of struct PoolCache; at: a slot's value */

/* Gives the block that is the first argument the size that is the second; eax: the block. The tag
 * changes in the bits in which the size does. */
#define HOT_RESIZE                                                                                 \
    "  movl 4(%esp), %eax\n"                                                                       \
    "  movl 8(%esp), %ecx\n"                                                                       \
    "  movl -12(%eax), %edx\n"                                                                     \
    "  movl %ecx, -12(%eax)\n"                                                                     \
    "  xorl %ecx, %edx\n"                                                                          \
    "  xorl %edx, -8(%eax)\n"

_Static_assert(offsetof(struct PoolState, sampled_limit) == 4, "HOT_SAMPLED");
_Static_assert(POOL_CACHES_OFFSET + POOL_CACHE_NEW * POOL_CACHE_BYTES == 0x28000, "STACK_0");
_Static_assert(offsetof(struct PoolStack, limit) == 4, "LIMIT");
_Static_assert(offsetof(struct PoolStack, stay_least) == 8, "LEAST");
_Static_assert(offsetof(struct PoolStack, stay_span) == 10, "SPAN");
_Static_assert(offsetof(struct PoolStack, code) == 12, "CODE");
_Static_assert(offsetof(struct PoolStack, allocs) == 16, "ALLOCS");
_Static_assert(offsetof(struct PoolStack, reallocs) == 24, "REALLOCS");
_Static_assert(POOL_STACK_MASK == 0xFE0, "STACK_MASK");
_Static_assert(offsetof(struct PoolCache, countdown) == 0xA08, "COUNTDOWN");

#endif
#endif
