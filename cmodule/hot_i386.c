/* SPDX-License-Identifier: MIT */
#include "hot_i386.h"

#ifdef POOL_HOT_I386

#define EDX "%edx"

/* The formatter takes a macro with an argument between texts for a call. */
/* clang-format off */

/* Returns from malloc. eax: size, then the block. ecx: size, then tag. edx: the slot's value. */
#define TAKE_BLOCK                                                                                 \
    "  leal 27(%eax), %ecx\n"                                                                      \
    "  shrl $4, %ecx\n"                                                                            \
    "  movzwl " HOT_STACK_AT "(,%ecx,2), %ecx\n"                                                   \
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
    "  xorl " CODE(EDX) ", %ecx\n"                                                                 \
    "  movl %ecx, -8(%eax)\n"                                                                      \
    "  movl $" HOT_LIVE ", -4(%eax)\n"                                                             \
    "  ret\n"                                                                                      \
    "8:\n"                                                                                         \
    "  incl " ALLOCS_HI(EDX) "\n"                                                                  \
    "  jmp 1b\n"

/* What is sampled has a way of its own: a jump there and back costs more than the countdown. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  cmpl " HOT_STATE ", %eax\n"
        "  jae 2f\n"
        "3:\n" TAKE_BLOCK
        ".balign 16\n"
        "2:\n"
        "  decl " COUNTDOWN(EDX) "\n"
        "  js 7f\n"
        "  cmpl " HOT_SAMPLED ", %eax\n"
        "  jae 9f\n" TAKE_BLOCK
        "7:\n"
        "  jmp crt_malloc_due\n"
        ".globl crt_malloc_small\n"
        "crt_malloc_small:\n"
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  jmp 3b\n"
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
    "  cmpl " CODE(EDX) ", %ecx\n"                                                                      \
    "  jne 9f\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_STACK "  movl " TOP(EDX) ", %ecx\n"
        "  cmpl " LIMIT(EDX) ", %ecx\n"
        "  je 9f\n"
        "  movl %eax, (%ecx)\n"
        "  addl $4, %ecx\n"
        "  movl %ecx, " TOP(EDX) "\n"
        "  movl $" HOT_FREE ", -4(%eax)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_cold\n");

/* Only where the block stays. eax: what the size is more than the least. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_STACK "  movzwl " LEAST(EDX) ", %eax\n"
        "  movl 8(%esp), %ecx\n"
        "  subl %eax, %ecx\n"
        "  movzwl " SPAN(EDX) ", %eax\n"
        "  cmpl %eax, %ecx\n"
        "  ja 9f\n"
        "  incl " REALLOCS(EDX) "\n"
        "  jz 8f\n"
        "1:\n" HOT_RESIZE
        "  ret\n"
        "8:\n"
        "  incl " REALLOC_HI(EDX) "\n"
        "  jmp 1b\n"
        "9:\n"
        "  jmp crt_realloc_cold\n");

/* clang-format on */

#endif
