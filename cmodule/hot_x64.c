/* SPDX-License-Identifier: MIT */
#include "hot.h"

#ifdef POOL_HOT_X64

/* Of struct PoolStack; all keys of classes are below HOT_KEYS. */
#define TOP      "(%rdx)"
#define LIMIT    "8(%rdx)"
#define LEAST    "16(%rdx)"
#define SPAN     "20(%rdx)"
#define ALLOCS   "24(%rdx)"
#define REALLOCS "32(%rdx)"
#define HOT_KEYS "5120"

_Static_assert(offsetof(struct PoolStack, limit) == 8, "LIMIT");
_Static_assert(offsetof(struct PoolStack, stay_least) == 16, "LEAST");
_Static_assert(offsetof(struct PoolStack, stay_span) == 20, "SPAN");
_Static_assert(offsetof(struct PoolStack, allocs) == 24, "ALLOCS");
_Static_assert(offsetof(struct PoolStack, reallocs) == 32, "REALLOCS");
_Static_assert(POOL_CLASS_KEY(POOL_SMALL_LIMIT) == 5120 && POOL_STACK_SHIFT == 6, "HOT_KEYS");

/* rdi: size. rdx: cache, then stack. ecx: key. rax: the block. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movq $" HOT_STATE ", %r8\n"
        "  movq " POOL_SLOT ", %rdx\n"
        "  cmpq (%r8), %rdi\n"
        "  jae 9f\n"
        "  leal 27(%rdi), %ecx\n"
        "  shrl $4, %ecx\n"
        "  movzbl 0x40(%r8,%rcx,1), %ecx\n"
        "  shll $6, %ecx\n"
        "  testq %rdx, %rdx\n"
        "  jz 9f\n"
        "  addq %rcx, %rdx\n"
        "  movq " TOP ", %rsi\n"
        "  movq -8(%rsi), %rax\n"
        "  testq %rax, %rax\n"
        "  jz 9f\n"
        "  subq $8, %rsi\n"
        "  movq %rsi, " TOP "\n"
        "  incq " ALLOCS "\n"
        "  movl %edi, -12(%rax)\n"
        "  xorl %eax, %edi\n"
        "  roll $13, %edi\n"
        "  xorl %ecx, %edi\n"
        "  movl %edi, -8(%rax)\n"
        "  movl $" HOT_LIVE ", -4(%rax)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_malloc_cold\n");

/* rdi: the block, rdx: cache. Leaves the key of the class in ecx where the block is live, small and
 * whole; else jumps to 9. A header never straddles two chunks, since blocks are 16-byte aligned. */
#define LIVE_KEY                                                                                   \
    "  movq $" HOT_REGION ", %rcx\n"                                                               \
    "  movq $" HOT_READABLE ", %r8\n"                                                              \
    "  leaq -12(%rdi), %rax\n"                                                                     \
    "  subq %rcx, %rax\n"                                                                          \
    "  movq " POOL_SLOT ", %rdx\n"                                                                 \
    "  shrq $16, %rax\n"                                                                           \
    "  cmpq $0xFFFF, %rax\n"                                                                       \
    "  ja 9f\n"                                                                                    \
    "  cmpb $0, (%r8,%rax,1)\n"                                                                    \
    "  je 9f\n"                                                                                    \
    "  testb $15, %dil\n"                                                                          \
    "  jnz 9f\n"                                                                                   \
    "  testq %rdx, %rdx\n"                                                                         \
    "  jz 9f\n"                                                                                    \
    "  cmpl $" HOT_LIVE ", -4(%rdi)\n"                                                             \
    "  jne 9f\n"                                                                                   \
    "  movl %edi, %ecx\n"                                                                          \
    "  xorl -12(%rdi), %ecx\n"                                                                     \
    "  roll $13, %ecx\n"                                                                           \
    "  xorl -8(%rdi), %ecx\n"                                                                      \
    "  testb $63, %cl\n"                                                                           \
    "  jnz 9f\n"                                                                                   \
    "  cmpl $" HOT_KEYS ", %ecx\n"                                                                 \
    "  jae 9f\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_KEY "  addq %rcx, %rdx\n"
        "  movq " TOP ", %rcx\n"
        "  cmpq " LIMIT ", %rcx\n"
        "  je 9f\n"
        "  movq %rdi, (%rcx)\n"
        "  addq $8, %rcx\n"
        "  movq %rcx, " TOP "\n"
        "  movl $" HOT_FREE ", -4(%rdi)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_cold\n");

/* Only where the block stays. The tag changes by what the size changes. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_KEY "  addq %rcx, %rdx\n"
        "  movl " LEAST ", %ecx\n"
        "  movq %rsi, %rax\n"
        "  subq %rcx, %rax\n"
        "  movl " SPAN ", %ecx\n"
        "  cmpq %rcx, %rax\n"
        "  ja 9f\n"
        "  incq " REALLOCS "\n"
        "  movl -12(%rdi), %ecx\n"
        "  movl %esi, -12(%rdi)\n"
        "  xorl %esi, %ecx\n"
        "  roll $13, %ecx\n"
        "  xorl %ecx, -8(%rdi)\n"
        "  movq %rdi, %rax\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_realloc_cold\n");

#endif
