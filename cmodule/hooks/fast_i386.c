/* SPDX-License-Identifier: MIT */
#include "fast_i386.h"

#ifdef POOL_FAST_I386

#define EDX "%edx"

/* The formatter reads a macro with an argument between strings as a call. */
/* clang-format off */

/* Returns from malloc. eax: size, then the block. ecx: size, then tag. edx: the slot's value. */
#define TAKE_BLOCK                                                                                 \
    "  leal 27(%eax), %ecx\n"                                                                      \
    "  shrl $4, %ecx\n"                                                                            \
    "  movzwl " FAST_MAGAZINE_AT "(,%ecx,2), %ecx\n"                                                   \
    "  addl %ecx, %edx\n"                                                                          \
    "  movl %eax, %ecx\n"                                                                          \
    "  movl " TOP(EDX) ", %eax\n"                                                                  \
    "  movl -4(%eax), %eax\n"                                                                      \
    "  testl %eax, %eax\n"                                                                         \
    "  jz 9f\n"                                                                                    \
    "  subl $4, " TOP(EDX) "\n"                                                                    \
    "  incl " ALLOCS(EDX) "\n"                                                                     \
    "  jz 8f\n"                                                                                    \
    "1:\n"                                                                                         \
    "  movl %ecx, -12(%eax)\n"                                                                     \
    "  xorl %eax, %ecx\n"                                                                          \
    "  xorl " CLASS_KEY(EDX) ", %ecx\n"                                                                 \
    "  movl %ecx, -8(%eax)\n"                                                                      \
    "  movl $" FAST_LIVE ", -4(%eax)\n"                                                             \
    "  ret\n"                                                                                      \
    "8:\n"                                                                                         \
    "  incl " ALLOCS_HI(EDX) "\n"                                                                  \
    "  jmp 1b\n"

/* Sampled calls have a copy of the path: a jump there and back costs more than the countdown. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  cmpl " FAST_STATE ", %eax\n"
        "  jae 2f\n"
        "3:\n" TAKE_BLOCK
        ".balign 16\n"
        "2:\n"
        "  decl " COUNTDOWN(EDX) "\n"
        "  js 7f\n"
        "  cmpl " FAST_SAMPLED ", %eax\n"
        "  jae 9f\n" TAKE_BLOCK
        "7:\n"
        "  jmp crt_malloc_due\n"
        ".globl crt_malloc_small\n"
        "crt_malloc_small:\n"
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  jmp 3b\n"
        "9:\n"
        "  jmp crt_malloc_slow\n");

/* eax: the block. edx: its magazine, if it is live, small and intact; else jumps to 9. The class is
 * the page's, so that nothing but the comparisons waits for a header that is not in the processor's
 * cache. A header never straddles two pages, since blocks are 16-byte aligned. */
#define LIVE_MAGAZINE                                                                              \
    "  movl 4(%esp), %eax\n"                                                                       \
    "  leal -12-" FAST_REGION "(%eax), %ecx\n"                                                     \
    "  shrl $13, %ecx\n"                                                                           \
    "  movzbl " FAST_CLASSES "(%ecx), %edx\n"                                                      \
    "  shll $5, %edx\n"                                                                            \
    "  jz 9f\n"                                                                                    \
    "  addl " POOL_SLOT ", %edx\n"                                                                 \
    "  testb $15, %al\n"                                                                           \
    "  jnz 9f\n"                                                                                   \
    "  cmpl $" FAST_LIVE ", -4(%eax)\n"                                                            \
    "  jne 9f\n"                                                                                   \
    "  movl %eax, %ecx\n"                                                                          \
    "  xorl -12(%eax), %ecx\n"                                                                     \
    "  xorl -8(%eax), %ecx\n"                                                                      \
    "  cmpl " CLASS_KEY(EDX) ", %ecx\n"                                                            \
    "  jne 9f\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_MAGAZINE "  movl " TOP(EDX) ", %ecx\n"
        "  cmpl " LIMIT(EDX) ", %ecx\n"
        "  je 9f\n"
        "  movl %eax, (%ecx)\n"
        "  addl $4, %ecx\n"
        "  movl %ecx, " TOP(EDX) "\n"
        "  movl $" FAST_FREE ", -4(%eax)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_slow\n");

/* Only if the block can stay in place. eax: the size less in_place_min. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_MAGAZINE "  movzwl " IN_PLACE_MIN(EDX) ", %eax\n"
        "  movl 8(%esp), %ecx\n"
        "  subl %eax, %ecx\n"
        "  movzwl " IN_PLACE_SPAN(EDX) ", %eax\n"
        "  cmpl %eax, %ecx\n"
        "  ja 7f\n"
        "  incl " REALLOCS(EDX) "\n"
        "  jz 8f\n"
        "1:\n" FAST_RESIZE
        "  ret\n"
        "8:\n"
        "  incl " REALLOCS_HI(EDX) "\n"
        "  jmp 1b\n"
        "7:\n"
        "  movl 8(%esp), %ecx\n"
        "  testl %ecx, %ecx\n"
        "  jz 9f\n"
        "  cmpl " FAST_STATE ", %ecx\n"
        "  jae 9f\n"
        "  jmp crt_realloc_small\n"
        "9:\n"
        "  jmp crt_realloc_slow\n");

/* clang-format on */

#endif
