/* SPDX-License-Identifier: MIT */
#include "fast.h"

#ifdef POOL_FAST_X64

/* Of struct PoolMagazine; rdx: a slot's value plus POOL_MAGAZINE_BEHIND, r8: the metadata. */
#define TOP           "0xAFFC0(%r8,%rdx,1)"
#define LIMIT         "0xAFFC8(%r8,%rdx,1)"
#define IN_PLACE_MIN  "0xAFFD0(%r8,%rdx,1)"
#define IN_PLACE_SPAN "0xAFFD2(%r8,%rdx,1)"
#define CLASS_KEY     "0xAFFD4(%r8,%rdx,1)"
#define ALLOCS        "0xAFFD8(%r8,%rdx,1)"
#define REALLOCS      "0xAFFE0(%r8,%rdx,1)"
#define COUNTDOWN     "0xB1408(%r8,%rdx,1)" /* of struct PoolCache; rdx: a slot's value */

_Static_assert(POOL_CACHES_OFFSET + POOL_CACHE_NEW * POOL_CACHE_BYTES == 0xAFFC0 + 64, "TOP");
_Static_assert(offsetof(struct PoolMagazine, limit) == 8, "LIMIT");
_Static_assert(offsetof(struct PoolMagazine, in_place_min) == 16, "IN_PLACE_MIN");
_Static_assert(offsetof(struct PoolMagazine, in_place_span) == 18, "IN_PLACE_SPAN");
_Static_assert(offsetof(struct PoolMagazine, class_key) == 20, "CLASS_KEY");
_Static_assert(offsetof(struct PoolMagazine, allocs) == 24, "ALLOCS");
_Static_assert(offsetof(struct PoolMagazine, reallocs) == 32, "REALLOCS");
_Static_assert(POOL_MAGAZINE_BEHIND(0) == 64, "TOP, LIVE_MAGAZINE");
_Static_assert(offsetof(struct PoolCache, countdown) == 0x1408, "COUNTDOWN");
_Static_assert(offsetof(struct PoolState, sampled_limit) == 8, "0x1008");

/* Returns from malloc. rdi: size, then tag. rax: the block. */
#define TAKE_BLOCK                                                                                 \
    "  leal 27(%rdi), %ecx\n"                                                                      \
    "  shrl $4, %ecx\n"                                                                            \
    "  movzwl 0x1040(%r8,%rcx,2), %ecx\n"                                                          \
    "  addq %rcx, %rdx\n"                                                                          \
    "  movq " TOP ", %rsi\n"                                                                       \
    "  movq -8(%rsi), %rax\n"                                                                      \
    "  testq %rax, %rax\n"                                                                         \
    "  jz 9f\n"                                                                                    \
    "  subq $8, %rsi\n"                                                                            \
    "  movq %rsi, " TOP "\n"                                                                       \
    "  incq " ALLOCS "\n"                                                                          \
    "  movl %edi, -12(%rax)\n"                                                                     \
    "  xorl %eax, %edi\n"                                                                          \
    "  xorl " CLASS_KEY ", %edi\n"                                                                 \
    "  movl %edi, -8(%rax)\n"                                                                      \
    "  movl $" FAST_LIVE ", -4(%rax)\n"                                                            \
    "  ret\n"

/* Sampled calls have a copy of the path: a jump there and back costs more than the countdown. */
__asm__(".globl replace_malloc\n"
        "replace_malloc:\n"
        "  movq $" FAST_CONTROL ", %r8\n"
        "  movq " POOL_SLOT ", %rdx\n"
        "  cmpq 0x1000(%r8), %rdi\n"
        "  jae 2f\n"
        "3:\n" TAKE_BLOCK ".balign 16\n"
        "2:\n"
        "  decl " COUNTDOWN "\n"
        "  js 7f\n"
        "  cmpq 0x1008(%r8), %rdi\n"
        "  jae 9f\n" TAKE_BLOCK "7:\n"
        "  jmp crt_malloc_due\n"
        ".globl crt_malloc_small\n"
        "crt_malloc_small:\n"
        "  movq $" FAST_CONTROL ", %r8\n"
        "  movq " POOL_SLOT ", %rdx\n"
        "  jmp 3b\n"
        "9:\n"
        "  jmp crt_malloc_slow\n");

/* rdi: the block. rdx: its magazine, if it is live, small and intact; else jumps to 9. The class is
 * the page's, so that nothing but the comparisons waits for a header that is not in the processor's
 * cache. A header never straddles two pages, since blocks are 16-byte aligned. */
#define LIVE_MAGAZINE                                                                              \
    "  movq $-12-" FAST_REGION ", %rax\n"                                                          \
    "  movq $" FAST_CONTROL ", %r8\n"                                                              \
    "  addq %rdi, %rax\n"                                                                          \
    "  shrq $13, %rax\n"                                                                           \
    "  cmpq $0x7FFFF, %rax\n"                                                                      \
    "  ja 9f\n"                                                                                    \
    "  movzbl 0x20000(%r8,%rax,1), %edx\n"                                                         \
    "  shll $6, %edx\n"                                                                            \
    "  jz 9f\n"                                                                                    \
    "  addq " POOL_SLOT ", %rdx\n"                                                                 \
    "  testb $15, %dil\n"                                                                          \
    "  jnz 9f\n"                                                                                   \
    "  cmpl $" FAST_LIVE ", -4(%rdi)\n"                                                            \
    "  jne 9f\n"                                                                                   \
    "  movl %edi, %ecx\n"                                                                          \
    "  xorl -12(%rdi), %ecx\n"                                                                     \
    "  xorl -8(%rdi), %ecx\n"                                                                      \
    "  cmpl " CLASS_KEY ", %ecx\n"                                                                 \
    "  jne 9f\n"

__asm__(".globl replace_free\n"
        "replace_free:\n" LIVE_MAGAZINE "  movq " TOP ", %rcx\n"
        "  cmpq " LIMIT ", %rcx\n"
        "  je 9f\n"
        "  movq %rdi, (%rcx)\n"
        "  addq $8, %rcx\n"
        "  movq %rcx, " TOP "\n"
        "  movl $" FAST_FREE ", -4(%rdi)\n"
        "  ret\n"
        "9:\n"
        "  jmp crt_free_slow\n");

/* Only if the block can stay in place. rax: the size less in_place_min. The tag changes in the bits
 * in which the size does. */
__asm__(".globl replace_realloc\n"
        "replace_realloc:\n" LIVE_MAGAZINE "  movzwl " IN_PLACE_MIN ", %ecx\n"
        "  movq %rsi, %rax\n"
        "  subq %rcx, %rax\n"
        "  movzwl " IN_PLACE_SPAN ", %ecx\n"
        "  cmpq %rcx, %rax\n"
        "  ja 7f\n"
        "  incq " REALLOCS "\n"
        "  movl -12(%rdi), %ecx\n"
        "  movl %esi, -12(%rdi)\n"
        "  xorl %esi, %ecx\n"
        "  xorl %ecx, -8(%rdi)\n"
        "  movq %rdi, %rax\n"
        "  ret\n"
        "7:\n"
        "  testq %rsi, %rsi\n"
        "  jz 9f\n"
        "  cmpq 0x1000(%r8), %rsi\n"
        "  jae 9f\n"
        "  jmp crt_realloc_small\n"
        "9:\n"
        "  jmp crt_realloc_slow\n");

#endif
