/* SPDX-License-Identifier: MIT */
#include "hot.h"

#ifdef POOL_HOT_X64

/* Of struct PoolStack; all keys of classes are below HOT_KEYS. */
#define TOP      "0x30000(%r8,%rdx,1)"
#define LIMIT    "0x30008(%r8,%rdx,1)"
#define LEAST    "0x30010(%r8,%rdx,1)"
#define SPAN     "0x30014(%r8,%rdx,1)"
#define ALLOCS   "0x30018(%r8,%rdx,1)"
#define REALLOCS "0x30020(%r8,%rdx,1)"
#define HOT_KEYS "640"

_Static_assert(POOL_CACHES_OFFSET + POOL_CACHE_NEW * POOL_CACHE_BYTES == 0x30000, "TOP");
_Static_assert(offsetof(struct PoolStack, limit) == 8, "LIMIT");
_Static_assert(offsetof(struct PoolStack, stay_least) == 16, "LEAST");
_Static_assert(offsetof(struct PoolStack, stay_span) == 20, "SPAN");
_Static_assert(offsetof(struct PoolStack, allocs) == 24, "ALLOCS");
_Static_assert(offsetof(struct PoolStack, reallocs) == 32, "REALLOCS");
_Static_assert(POOL_CLASS_KEY(POOL_SMALL_LIMIT) == 640, "HOT_KEYS");

/* rdi: size. rdx: slot, then stack. r8: all of the metadata. ecx: key. rax: the block. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movq $" HOT_CONTROL ", %r8\n"
        "  movq " POOL_SLOT ", %rdx\n"
        "  cmpq 0x1000(%r8), %rdi\n"
        "  jae 9f\n"
        "  leal 27(%rdi), %ecx\n"
        "  shrl $4, %ecx\n"
        "  movzwl 0x1040(%r8,%rcx,2), %ecx\n"
        "  leaq (%rdx,%rcx,8), %rdx\n"
        "  movq " TOP ", %rsi\n"
        "  movq -8(%rsi), %rax\n"
        "  testq %rax, %rax\n"
        "  jz 9f\n"
        "  subq $8, %rsi\n"
        "  movq %rsi, " TOP "\n"
        "  incq " ALLOCS "\n"
        "  movl %edi, -12(%rax)\n"
        "  xorl %eax, %edi\n"
        "  imull $" HOT_PLACE ", %edi, %edi\n"
        "  xorl %ecx, %edi\n"
        "  imull $" HOT_TAG ", %edi, %edi\n"
        "  movl %edi, -8(%rax)\n"
        "  movl $" HOT_LIVE ", -4(%rax)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_malloc_cold\n");

/* rdi: the block, rdx: slot, then the stack of its class where it is live, small and whole; else
 * jumps to 9. A header never straddles two chunks, since blocks are 16-byte aligned. */
#define LIVE_STACK                                                                                 \
    "  movq $-12-" HOT_REGION ", %rax\n"                                                           \
    "  movq $" HOT_CONTROL ", %r8\n"                                                               \
    "  addq %rdi, %rax\n"                                                                          \
    "  movq " POOL_SLOT ", %rdx\n"                                                                 \
    "  shrq $16, %rax\n"                                                                           \
    "  cmpq $0xFFFF, %rax\n"                                                                       \
    "  ja 9f\n"                                                                                    \
    "  cmpb $0, 0x10000(%r8,%rax,1)\n"                                                             \
    "  je 9f\n"                                                                                    \
    "  testb $15, %dil\n"                                                                          \
    "  jnz 9f\n"                                                                                   \
    "  cmpl $" HOT_LIVE ", -4(%rdi)\n"                                                             \
    "  jne 9f\n"                                                                                   \
    "  movl %edi, %ecx\n"                                                                          \
    "  xorl -12(%rdi), %ecx\n"                                                                     \
    "  imull $" HOT_PLACE ", %ecx, %ecx\n"                                                         \
    "  imull $" HOT_INVERSE ", -8(%rdi), %eax\n"                                                   \
    "  xorl %eax, %ecx\n"                                                                          \
    "  cmpl $" HOT_KEYS ", %ecx\n"                                                                 \
    "  jae 9f\n"                                                                                   \
    "  andl $-8, %ecx\n"                                                                           \
    "  leaq (%rdx,%rcx,8), %rdx\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_STACK "  movq " TOP ", %rcx\n"
        "  cmpq " LIMIT ", %rcx\n"
        "  je 9f\n"
        "  movq %rdi, (%rcx)\n"
        "  addq $8, %rcx\n"
        "  movq %rcx, " TOP "\n"
        "  movl $" HOT_FREE ", -4(%rdi)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_cold\n");

/* Only where the block stays. rax: the size less the least, then the block. ecx: key, then tag. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_STACK "  movl " LEAST ", %r9d\n"
        "  movl " SPAN ", %r10d\n"
        "  movq %rsi, %rax\n"
        "  subq %r9, %rax\n"
        "  cmpq %r10, %rax\n"
        "  ja 9f\n"
        "  incq " REALLOCS "\n"
        "  movl %esi, -12(%rdi)\n"
        "  xorl %edi, %esi\n"
        "  imull $" HOT_PLACE ", %esi, %esi\n"
        "  xorl %esi, %ecx\n"
        "  imull $" HOT_TAG ", %ecx, %ecx\n"
        "  movl %ecx, -8(%rdi)\n"
        "  movq %rdi, %rax\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_realloc_cold\n");

#endif
