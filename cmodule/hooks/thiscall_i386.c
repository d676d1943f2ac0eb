/* SPDX-License-Identifier: MIT */
#include "thiscall.h"

#if defined(__i386__) && (defined(ORIGINAL_game_allocate) || defined(ORIGINAL_scrap_allocate) ||   \
                          defined(POOLNV_MAIN_THREAD))

__asm__(".globl thiscall_0\n"
        "thiscall_0:\n"
        "  movl 8(%esp), %ecx\n"
        "  subl $12, %esp\n"
        "  call *16(%esp)\n"
        "  addl $12, %esp\n"
        "  ret\n"
        ".globl thiscall_1\n"
        "thiscall_1:\n"
        "  subl $8, %esp\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  addl $8, %esp\n"
        "  ret\n"
        ".globl thiscall_2\n"
        "thiscall_2:\n"
        "  subl $4, %esp\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  addl $4, %esp\n"
        "  ret\n"
        ".globl thiscall_3\n"
        "thiscall_3:\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  pushl 20(%esp)\n"
        "  movl 20(%esp), %ecx\n"
        "  call *16(%esp)\n"
        "  ret\n");

#endif
