/* SPDX-License-Identifier: MIT */
#include "game_desk.h"

#if defined(POOLNV_DESK) && defined(__i386__)

/* In the place of the game's function of each frame: `this` and the stack are as the game left them
 * when that goes on. */
__asm__(".globl replace_frame\n"
        "replace_frame:\n"
        "  pushl %ecx\n"
        "  subl $8, %esp\n"
        "  call game_desk_frame\n"
        "  addl $8, %esp\n"
        "  popl %ecx\n"
        "  pushl $" POOL_TEXT(ORIGINAL_frame) "\n"
                                              "  ret\n");

#endif
