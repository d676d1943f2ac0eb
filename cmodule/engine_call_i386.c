/* SPDX-License-Identifier: MIT */
#include "engine_call.h"

#if defined(__i386__) &&                                                                           \
    (defined(ORIGINAL_game_allocate) || defined(ORIGINAL_scrap_allocate) || defined(POOLNV_DESK))

__asm__(".globl engine_call_0\n"
        "engine_call_0:\n"
        "  movl 8(%esp), %ecx\n"
        "  subl $12, %esp\n"
        "  call *16(%esp)\n"
        "  addl $12, %esp\n"
        "  ret\n"
        ".globl engine_call_1\n"
        "engine_call_1:\n"
        "  subl $8, %esp\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  addl $8, %esp\n"
        "  ret\n"
        ".globl engine_call_2\n"
        "engine_call_2:\n"
        "  subl $4, %esp\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  addl $4, %esp\n"
        "  ret\n"
        ".globl engine_call_3\n"
        "engine_call_3:\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  ret\n");

#endif
