/* SPDX-License-Identifier: MIT */
/* The entries of the game's heap on i386. With a fast path they use the thread's cache directly, as
 * those of fast_i386.c do, and leave all other cases to game_heap.c. */
#include "game_heap.h"
#include "fast_i386.h"

#if defined(__i386__) && defined(ORIGINAL_game_allocate)

/* Calls the sampler with the size, the caller and its frame; preserves eax and ecx. The size is the
 * last argument, `size` bytes up the stack. For the padding see THISCALL_LEAVE. */
#define GAME_SAMPLE(what, size, caller)                                                            \
    "  pushl %eax\n"                                                                               \
    "  pushl %ecx\n"                                                                               \
    "  subl $8, %esp\n"                                                                            \
    "  pushl %ebp\n"                                                                               \
    "  pushl " caller "(%esp)\n"                                                                   \
    "  pushl " size "(%esp)\n"                                                                     \
    "  call " what "\n"                                                                            \
    "  addl $20, %esp\n"                                                                           \
    "  popl %ecx\n"                                                                                \
    "  popl %eax\n"
#define GAME_SAMPLE_ALLOCATE(what) GAME_SAMPLE(what, "28", "20") /* return address, size */
#define GAME_SAMPLE_REALLOCATE     GAME_SAMPLE("pool_sample_call", "32", "20") /* and a block */

/* After the C function: only a new block counts as a request. */
#define GAME_REALLOCATE_SLOW                                                                       \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call game_reallocate_slow\n"                                                                \
    "  addl $12, %esp\n"                                                                           \
    "  cmpl %eax, 4(%esp)\n"                                                                       \
    "  je 6f\n" GAME_UNLESS_SAMPLED("6f") GAME_SAMPLE_REALLOCATE "6:\n"                            \
                                                                 "  ret $8\n"

/* With the address as a number; otherwise the C function checks. */
#ifdef POOL_FAST_I386
#define GAME_UNLESS_SAMPLED(label)                                                                 \
    "  cmpl $0, " POOL_TEXT(POOLNV_CONTROL) "+0x1008\n"                                            \
                                            "  je " label "\n"
_Static_assert(POOL_STATE_OFFSET + offsetof(struct PoolState, sample_interval) == 0x1008,
               "see above");
#else
#define GAME_UNLESS_SAMPLED(label) ""
#endif

#ifdef POOL_FAST_I386

#define TINY_MAGAZINE "64" /* POOL_MAGAZINE_BEHIND (POOL_TINY_INDEX) */
#define TINY_END      "13" /* POOL_TINY_MAX + 1 */
#define GAME          POOL_TEXT(POOLNV_CONTROL) "+0xA8A00(%ecx)" /* ecx: a slot's value */
#define EAX           "%eax"
#define GAME_HI       POOL_TEXT(POOLNV_CONTROL) "+0xA8A04(%ecx)"

_Static_assert(POOL_MAGAZINE_BEHIND(POOL_TINY_INDEX) == 64 && POOL_TINY_MAX == 12,
               "TINY_MAGAZINE, TINY_END");
_Static_assert(offsetof(struct PoolCache, game_allocs) == 0xA00, "GAME");

/* The formatter reads a macro with an argument between strings as a call. */
/* clang-format off */

/* eax: size, then the offset of the magazine, then the block. ecx: `this` until there is a block. */
__asm__(THISCALL_ENTRY("game_allocate")
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  cmpl " FAST_STATE ", %eax\n"
        "  jae 5f\n"
        "0:\n"
        "  cmpl $" TINY_END ", %eax\n"
        "  jb 2f\n"
        "  leal 27(%eax), %eax\n"
        "  shrl $4, %eax\n"
        "  movzwl " FAST_MAGAZINE_AT "(,%eax,2), %eax\n"
        "  addl %eax, %edx\n"
        "1:\n"
        "  movl " TOP("%edx") ", %eax\n"
        "  movl -4(%eax), %eax\n"
        "  testl %eax, %eax\n"
        "  jz 9f\n"
        "  subl $4, " TOP("%edx") "\n"
        "  movl " POOL_SLOT ", %ecx\n"
        "  incl " ALLOCS("%edx") "\n"
        "  jz 7f\n"
        "3:\n"
        "  incl " GAME "\n"
        "  jz 8f\n"
        "4:\n"
        "  movl 4(%esp), %ecx\n"
        "  movl %ecx, -12(%eax)\n"
        "  xorl %eax, %ecx\n"
        "  xorl " CLASS_KEY("%edx") ", %ecx\n"
        "  movl %ecx, -8(%eax)\n"
        "  movl $" FAST_LIVE ", -4(%eax)\n"
        "  ret $4\n"
        "2:\n"
        "  addl $" TINY_MAGAZINE ", %edx\n"
        "  testl %eax, %eax\n"
        "  jnz 1b\n"
        "  jmp 9f\n"
        "7:\n"
        "  incl " ALLOCS_HI("%edx") "\n"
        "  jmp 3b\n"
        "8:\n"
        "  incl " GAME_HI "\n"
        "  jmp 4b\n"
        "5:\n"
        "  decl " COUNTDOWN("%edx") "\n"
        "  js 6f\n"
        "  cmpl " FAST_SAMPLED ", %eax\n"
        "  jb 0b\n"
        "  jmp 9f\n"
        "6:\n"
        GAME_UNLESS_SAMPLED("9f") GAME_SAMPLE_ALLOCATE("pool_sample_due")
        "9:\n" THISCALL_LEAVE_1("game_allocate"));

/* edx: the block. eax: its magazine, if it is live, small and intact; else jumps to 9. ecx: `this`,
 * which game_reallocate needs if the pool is full. See LIVE_MAGAZINE; the header of a tiny block that
 * begins 8 bytes into a page starts in the page before. */
#define LIVE_GAME_MAGAZINE                                                                         \
    "  movl 4(%esp), %edx\n"                                                                       \
    "  leal -12-" FAST_REGION "(%edx), %eax\n"                                                     \
    "  shrl $13, %eax\n"                                                                           \
    "  movzbl " FAST_CLASSES "(%eax), %eax\n"                                                      \
    "  shll $5, %eax\n"                                                                            \
    "  jz 9f\n"                                                                                    \
    "  addl " POOL_SLOT ", %eax\n"                                                                 \
    "  testb $15, %dl\n"                                                                           \
    "  jnz 2f\n"                                                                                   \
    "1:\n"                                                                                         \
    "  cmpl $" FAST_LIVE ", -4(%edx)\n"                                                            \
    "  jne 9f\n"                                                                                   \
    "  pushl %ecx\n"                                                                               \
    "  movl %edx, %ecx\n"                                                                          \
    "  xorl -12(%edx), %ecx\n"                                                                     \
    "  xorl -8(%edx), %ecx\n"                                                                      \
    "  cmpl " CLASS_KEY(EAX) ", %ecx\n"                                                            \
    "  popl %ecx\n"                                                                                \
    "  jne 9f\n"
#define TINY_LIVE                                                                                  \
    "2:\n"                                                                                         \
    "  testb $7, %dl\n"                                                                            \
    "  jnz 9f\n"                                                                                   \
    "  pushl %ecx\n"                                                                               \
    "  leal -1-" FAST_REGION "(%edx), %ecx\n"                                                      \
    "  shrl $13, %ecx\n"                                                                           \
    "  cmpb $0, " FAST_CLASSES "(%ecx)\n"                                                          \
    "  popl %ecx\n"                                                                                \
    "  jne 1b\n"                                                                                   \
    "  jmp 9f\n"

/* Jumps to 9 after ecx has changed are for pool blocks, for which `this` does not matter. */
__asm__(THISCALL_ENTRY("game_free") LIVE_GAME_MAGAZINE
        "  movl " TOP(EAX) ", %ecx\n"
        "  cmpl " LIMIT(EAX) ", %ecx\n"
        "  je 9f\n"
        "  movl %edx, (%ecx)\n"
        "  addl $4, %ecx\n"
        "  movl %ecx, " TOP(EAX) "\n"
        "  movl $" FAST_FREE ", -4(%edx)\n"
        "  ret $4\n" TINY_LIVE
        "9:\n" THISCALL_LEAVE_1("game_free"));

/* Only if the block can stay in place. edx: the size less in_place_min. */
__asm__(THISCALL_ENTRY("game_reallocate") LIVE_GAME_MAGAZINE
        "  movzwl " IN_PLACE_MIN(EAX) ", %edx\n"
        "  negl %edx\n"
        "  addl 8(%esp), %edx\n"
        "  cmpl $0xFFFF, %edx\n"
        "  ja 9f\n"
        "  cmpw " IN_PLACE_SPAN(EAX) ", %dx\n"
        "  ja 9f\n"
        "  incl " REALLOCS(EAX) "\n"
        "  jz 8f\n"
        "3:\n" FAST_RESIZE
        "  ret $8\n"
        "8:\n"
        "  incl " REALLOCS_HI(EAX) "\n"
        "  jmp 3b\n" TINY_LIVE
        "9:\n" GAME_REALLOCATE_SLOW);

/* clang-format on */

#else

__asm__(THISCALL_ENTRY("game_allocate") GAME_SAMPLE_ALLOCATE("pool_sample_call")
            THISCALL_LEAVE_1("game_allocate"));
__asm__(THISCALL_ENTRY("game_free") THISCALL_LEAVE_1("game_free"));
__asm__(THISCALL_ENTRY("game_reallocate") GAME_REALLOCATE_SLOW);

#endif

__asm__(THISCALL_ENTRY("game_msize") THISCALL_LEAVE_1("game_msize"));

#endif
