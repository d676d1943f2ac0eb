/* SPDX-License-Identifier: MIT */
/* The entries of the game's heap on i386. With a hot path they go straight to the thread's cache,
 * as those of hot_i386.c do, and leave what is not plain to game_heap.c. */
#include "game_heap.h"
#include "hot_i386.h"

#if defined(__i386__) && defined(ORIGINAL_game_allocate)

/* Tells callers.c of this call, keeping eax and ecx: the size, the caller, its frame. The size is
 * the last argument, `size` bytes up the stack. The padding is that of ENGINE_LEAVE. */
#define GAME_TELL(what, size, caller)                                                              \
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
#define GAME_TELL_ALLOCATE(what) GAME_TELL(what, "28", "20") /* return address, size */
#define GAME_TELL_REALLOCATE     GAME_TELL("pool_callers_asked", "32", "20") /* and a block */

/* After a call of the C: only a block that is another now was asked for. */
#define GAME_REALLOCATE_COLD                                                                       \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call game_reallocate_cold\n"                                                                \
    "  addl $12, %esp\n"                                                                           \
    "  cmpl %eax, 4(%esp)\n"                                                                       \
    "  je 6f\n" GAME_UNLESS_SAMPLED("6f") GAME_TELL_REALLOCATE "6:\n"                              \
                                                               "  ret $8\n"

/* Where the addresses are known to the assembler. Elsewhere the C finds that out. */
#ifdef POOL_HOT_I386
#define GAME_UNLESS_SAMPLED(way)                                                                   \
    "  cmpl $0, " POOL_TEXT(POOLNV_CONTROL) "+0x1008\n"                                            \
                                            "  je " way "\n"
_Static_assert(POOL_STATE_OFFSET + offsetof(struct PoolState, one_in) == 0x1008, "see above");
#else
#define GAME_UNLESS_SAMPLED(way) ""
#endif

#ifdef POOL_HOT_I386

#define TINY_STACK "32"                                       /* POOL_STACK_AT (POOL_TINY_INDEX) */
#define TINY_END   "13"                                       /* POOL_TINY_MAX + 1 */
#define GAME       POOL_TEXT(POOLNV_CONTROL) "+0x28A00(%ecx)" /* ecx: a slot's value */
#define EAX        "%eax"
#define GAME_HI    POOL_TEXT(POOLNV_CONTROL) "+0x28A04(%ecx)"

_Static_assert(POOL_STACK_AT(POOL_TINY_INDEX) == 32 && POOL_TINY_MAX == 12, "TINY_STACK, TINY_END");
_Static_assert(offsetof(struct PoolCache, game_allocs) == 0xA00, "GAME");

/* The formatter takes a macro with an argument between texts for a call. */
/* clang-format off */

/* eax: size, then where the stack stands, then the block. ecx: `this` until a block is certain. */
__asm__(ENGINE_ENTRY("game_allocate")
        "  movl 4(%esp), %eax\n"
        "  movl " POOL_SLOT ", %edx\n"
        "  cmpl " HOT_STATE ", %eax\n"
        "  jae 5f\n"
        "0:\n"
        "  cmpl $" TINY_END ", %eax\n"
        "  jb 2f\n"
        "  leal 27(%eax), %eax\n"
        "  shrl $4, %eax\n"
        "  movzwl " HOT_STACK_AT "(,%eax,2), %eax\n"
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
        "  xorl " CODE("%edx") ", %ecx\n"
        "  movl %ecx, -8(%eax)\n"
        "  movl $" HOT_LIVE ", -4(%eax)\n"
        "  ret $4\n"
        "2:\n"
        "  addl $" TINY_STACK ", %edx\n"
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
        "  cmpl " HOT_SAMPLED ", %eax\n"
        "  jb 0b\n"
        "  jmp 9f\n"
        "6:\n"
        GAME_UNLESS_SAMPLED("9f") GAME_TELL_ALLOCATE("pool_callers_due")
        "9:\n" ENGINE_LEAVE_1("game_allocate"));

/* edx: the code of a live, small and whole block, eax: its stack; else jumps to 9. ecx keeps `this`.
 * The header of a tiny block that begins 8 bytes into a chunk of the region reaches back into the
 * chunk before. */
#define LIVE_GAME_STACK                                                                            \
    "  movl 4(%esp), %eax\n"                                                                       \
    "  leal -12-" HOT_REGION "(%eax), %edx\n"                                                      \
    "  shrl $16, %edx\n"                                                                           \
    "  cmpb $0, " HOT_READABLE "(%edx)\n"                                                          \
    "  je 9f\n"                                                                                    \
    "  testb $15, %al\n"                                                                           \
    "  jnz 2f\n"                                                                                   \
    "1:\n"                                                                                         \
    "  cmpl $" HOT_LIVE ", -4(%eax)\n"                                                             \
    "  jne 9f\n"                                                                                   \
    "  movl %eax, %edx\n"                                                                          \
    "  xorl -12(%eax), %edx\n"                                                                     \
    "  xorl -8(%eax), %edx\n"                                                                      \
    "  movl %edx, %eax\n"                                                                          \
    "  andl $" STACK_MASK ", %eax\n"                                                               \
    "  addl " POOL_SLOT ", %eax\n"                                                                 \
    "  cmpl " CODE(EAX) ", %edx\n"                                                                 \
    "  jne 9f\n"
#define TINY_LIVE                                                                                  \
    "2:\n"                                                                                         \
    "  testb $7, %al\n"                                                                            \
    "  jnz 9f\n"                                                                                   \
    "  leal -1-" HOT_REGION "(%eax), %edx\n"                                                       \
    "  shrl $16, %edx\n"                                                                           \
    "  cmpb $0, " HOT_READABLE "(%edx)\n"                                                          \
    "  jne 1b\n"                                                                                   \
    "  jmp 9f\n"

/* What leaves after ecx has changed is the pool's, for which `this` does not matter. */
__asm__(ENGINE_ENTRY("game_free") LIVE_GAME_STACK
        "  movl " TOP(EAX) ", %ecx\n"
        "  cmpl " LIMIT(EAX) ", %ecx\n"
        "  je 9f\n"
        "  movl 4(%esp), %edx\n"
        "  movl %edx, (%ecx)\n"
        "  addl $4, %ecx\n"
        "  movl %ecx, " TOP(EAX) "\n"
        "  movl $" HOT_FREE ", -4(%edx)\n"
        "  ret $4\n" TINY_LIVE
        "9:\n" ENGINE_LEAVE_1("game_free"));

/* Only where the block stays. edx: what the size is more than the least. */
__asm__(ENGINE_ENTRY("game_reallocate") LIVE_GAME_STACK
        "  movzwl " LEAST(EAX) ", %edx\n"
        "  negl %edx\n"
        "  addl 8(%esp), %edx\n"
        "  cmpl $0xFFFF, %edx\n"
        "  ja 9f\n"
        "  cmpw " SPAN(EAX) ", %dx\n"
        "  ja 9f\n"
        "  incl " REALLOCS(EAX) "\n"
        "  jz 8f\n"
        "3:\n" HOT_RESIZE
        "  ret $8\n"
        "8:\n"
        "  incl " REALLOC_HI(EAX) "\n"
        "  jmp 3b\n" TINY_LIVE
        "9:\n" GAME_REALLOCATE_COLD);

/* clang-format on */

#else

__asm__(ENGINE_ENTRY("game_allocate") GAME_TELL_ALLOCATE("pool_callers_asked")
            ENGINE_LEAVE_1("game_allocate"));
__asm__(ENGINE_ENTRY("game_free") ENGINE_LEAVE_1("game_free"));
__asm__(ENGINE_ENTRY("game_reallocate") GAME_REALLOCATE_COLD);

#endif

__asm__(ENGINE_ENTRY("game_msize") ENGINE_LEAVE_1("game_msize"));

#endif
