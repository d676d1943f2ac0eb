/* SPDX-License-Identifier: MIT */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

/* The arguments are those of a C function with a variable number of them, of which the kernel
 * ignores those that the call does not have. */
#ifdef __x86_64__
__asm__(".text\n"
        ".globl linux_call\n"
        "linux_call:\n"
        "  movq %rdi, %rax\n"
        "  movq %rsi, %rdi\n"
        "  movq %rdx, %rsi\n"
        "  movq %rcx, %rdx\n"
        "  movq %r8, %r10\n"
        "  movq %r9, %r8\n"
        "  movq 8(%rsp), %r9\n"
        "  syscall\n"
        "  ret\n");
#else
__asm__(".text\n"
        ".globl linux_call\n"
        "linux_call:\n"
        "  pushl %ebp\n"
        "  pushl %edi\n"
        "  pushl %esi\n"
        "  pushl %ebx\n"
        "  movl 20(%esp), %eax\n"
        "  movl 24(%esp), %ebx\n"
        "  movl 28(%esp), %ecx\n"
        "  movl 32(%esp), %edx\n"
        "  movl 36(%esp), %esi\n"
        "  movl 40(%esp), %edi\n"
        "  movl 44(%esp), %ebp\n"
        "  int $0x80\n"
        "  popl %ebx\n"
        "  popl %esi\n"
        "  popl %edi\n"
        "  popl %ebp\n"
        "  ret\n");
#endif

#endif
