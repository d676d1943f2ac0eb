/* SPDX-License-Identifier: MIT */
#include "hot.h"

#ifdef POOL_HOT_I386

/* Of struct PoolStack; edx holds a slot's value and where the stack stands. */
#define STACK_0    POOL_TEXT(POOLNV_CONTROL) "+0x28000"
#define TOP        STACK_0 "(%edx)"
#define LIMIT      STACK_0 "+4(%edx)"
#define LEAST      STACK_0 "+8(%edx)"
#define SPAN       STACK_0 "+10(%edx)"
#define CODE       STACK_0 "+12(%edx)"
#define ALLOCS     STACK_0 "+16(%edx)"
#define ALLOCS_HI  STACK_0 "+20(%edx)"
#define REALLOCS   STACK_0 "+24(%edx)"
#define REALLOC_HI STACK_0 "+28(%edx)"
#define STACK_MASK "0xFE0"

_Static_assert(POOL_CACHES_OFFSET + POOL_CACHE_NEW * POOL_CACHE_BYTES == 0x28000, "STACK_0");
_Static_assert(offsetof(struct PoolStack, limit) == 4, "LIMIT");
_Static_assert(offsetof(struct PoolStack, stay_least) == 8, "LEAST");
_Static_assert(offsetof(struct PoolStack, stay_span) == 10, "SPAN");
_Static_assert(offsetof(struct PoolStack, code) == 12, "CODE");
_Static_assert(offsetof(struct PoolStack, allocs) == 16, "ALLOCS");
_Static_assert(offsetof(struct PoolStack, reallocs) == 24, "REALLOCS");
_Static_assert(POOL_STACK_MASK == 0xFE0, "STACK_MASK");

/* eax: size, then the block. ecx: size, then tag. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  cmpl " HOT_STATE ", %eax\n"
        "  jae 9f\n"
        "  leal 27(%eax), %ecx\n"
        "  shrl $4, %ecx\n"
        "  movzwl " HOT_STACK_AT "(,%ecx,2), %ecx\n"
        "  addl %ecx, %edx\n"
        "  movl %eax, %ecx\n"
        "  movl " TOP ", %eax\n"
        "  movl -4(%eax), %eax\n"
        "  testl %eax, %eax\n"
        "  jz 9f\n"
        "  subl $4, " TOP "\n"
        "  incl " ALLOCS "\n"
        "  jz 8f\n"
        "1:\n"
        "  movl %ecx, -12(%eax)\n"
        "  xorl %eax, %ecx\n"
        "  xorl " CODE ", %ecx\n"
        "  movl %ecx, -8(%eax)\n"
        "  movl $" HOT_LIVE ", -4(%eax)\n"
        "  ret\n"
        "8:\n"
        "  incl " ALLOCS_HI "\n"
        "  jmp 1b\n"
        "9:\n"
        "  jmp crt_malloc_cold\n");

/* eax: the block. ecx: its code, edx: its stack, where it is live, small and whole; else jumps
 * to 9. A header never straddles two chunks, since blocks are 16-byte aligned. */
#define LIVE_STACK                                                                                 \
    "  movl 4(%esp), %eax\n"                                                                       \
    "  leal -12-" HOT_REGION "(%eax), %ecx\n"                                                      \
    "  shrl $16, %ecx\n"                                                                           \
    "  cmpb $0, " HOT_READABLE "(%ecx)\n"                                                          \
    "  je 9f\n"                                                                                    \
    "  testb $15, %al\n"                                                                           \
    "  jnz 9f\n"                                                                                   \
    "  cmpl $" HOT_LIVE ", -4(%eax)\n"                                                             \
    "  jne 9f\n"                                                                                   \
    "  movl %eax, %ecx\n"                                                                          \
    "  xorl -12(%eax), %ecx\n"                                                                     \
    "  xorl -8(%eax), %ecx\n"                                                                      \
    "  movl %ecx, %edx\n"                                                                          \
    "  andl $" STACK_MASK ", %edx\n"                                                               \
    "  addl " POOL_SLOT ", %edx\n"                                                                 \
    "  cmpl " CODE ", %ecx\n"                                                                      \
    "  jne 9f\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_STACK "  movl " TOP ", %ecx\n"
        "  cmpl " LIMIT ", %ecx\n"
        "  je 9f\n"
        "  movl %eax, (%ecx)\n"
        "  addl $4, %ecx\n"
        "  movl %ecx, " TOP "\n"
        "  movl $" HOT_FREE ", -4(%eax)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_cold\n");

/* Only where the block stays. eax: what the size is more than the least. The tag changes in the
 * bits in which the size does. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_STACK "  movzwl " LEAST ", %eax\n"
        "  movl 8(%esp), %ecx\n"
        "  subl %eax, %ecx\n"
        "  movzwl " SPAN ", %eax\n"
        "  cmpl %eax, %ecx\n"
        "  ja 9f\n"
        "  incl " REALLOCS "\n"
        "  jz 8f\n"
        "1:\n"
        "  movl 4(%esp), %eax\n"
        "  movl 8(%esp), %ecx\n"
        "  movl -12(%eax), %edx\n"
        "  movl %ecx, -12(%eax)\n"
        "  xorl %ecx, %edx\n"
        "  xorl %edx, -8(%eax)\n"
        "  ret\n"
        "8:\n"
        "  incl " REALLOC_HI "\n"
        "  jmp 1b\n"
        "9:\n"
        "  jmp crt_realloc_cold\n");

#endif
