/* SPDX-License-Identifier: MIT */
/* Handlers of the signals that programs die of. They record the signal and leave everything else as
 * it would be: the program's own handler runs on the same stack with the same frame above it, so
 * that what it reports is the same; without one, the program dies of the signal. */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

#define DEFAULT_HANDLER 0 /* SIG_DFL */
#define IGNORING        1 /* SIG_IGN */

/* siginfo_t: a positive si_code says that the kernel raised the signal, and that the instruction
 * raises it again. */
#define SIGINFO_CODE_AT 8

/* The instruction pointer in a ucontext_t (asm/ucontext.h, asm/sigcontext.h). */
#ifdef __x86_64__
#define CONTEXT_IP_AT 168
#else
#define CONTEXT_IP_AT 76
#endif

/* In assembly, below. */
void linux_exception_entry(void);
void linux_exception_return(void);

/* Called by linux_exception_entry. Returns the program's handler, or 0. */
uintptr_t linux_exception(int signal, const char *info, const char *context);

static void watch_signal(int signal, struct linux_action *replaced);
static uintptr_t die_of(int signal, const char *info);

static int watched_signal(uint32_t index) {
    return index == 0   ? SIGABRT
           : index == 1 ? SIGSEGV
           : index == 2 ? SIGBUS
           : index == 3 ? SIGILL
                        : SIGFPE;
}

static uint32_t exception_of(int signal) {
    return signal == SIGABRT  ? RESIDENT_ABORT
           : signal == SIGILL ? RESIDENT_ILLEGAL_INSTRUCTION
           : signal == SIGFPE ? RESIDENT_ARITHMETIC
                              : RESIDENT_ACCESS_VIOLATION;
}

void system_watch_exceptions(void) {
    uint32_t i;
    for (i = 0; i < WATCHED_SIGNALS; i++)
        watch_signal(watched_signal(i), &linux_own()->replaced[i]);
}

/* With the flags and the mask of the handler that it replaces. */
static void watch_signal(int signal, struct linux_action *replaced) {
    struct linux_action action;
    if (linux_call(__NR_rt_sigaction, (long)signal, 0l, replaced, (long)SIGSET_BYTES) < 0)
        return;
    action.handler = (uintptr_t)linux_exception_entry;
    action.restorer = (uintptr_t)linux_exception_return;
    action.flags = replaced->flags | SA_SIGINFO | SA_RESTORER;
    action.mask[0] = replaced->mask[0];
    action.mask[1] = replaced->mask[1];
    if (replaced->handler <= IGNORING)
        action.flags |= SA_ONSTACK;
    else if ((replaced->flags & SA_SIGINFO) != 0 && (replaced->flags & SA_RESTORER) != 0)
        action.restorer = replaced->restorer; /* by which unwinders know a signal's frame */
    linux_call(__NR_rt_sigaction, (long)signal, &action, replaced, (long)SIGSET_BYTES);
}

uintptr_t linux_exception(int signal, const char *info, const char *context) {
    uintptr_t handler = DEFAULT_HANDLER;
    uint32_t i;
    resident_record_exception(exception_of(signal),
                              *(const uintptr_t *)(const void *)(context + CONTEXT_IP_AT));
    for (i = 0; i < WATCHED_SIGNALS; i++)
        if (watched_signal(i) == signal)
            handler = linux_own()->replaced[i].handler;
    if (handler > IGNORING)
        return handler;
    if (handler == IGNORING && *(const int *)(const void *)(info + SIGINFO_CODE_AT) <= 0)
        return 0;
    return die_of(signal, info);
}

/* When the handler returns, the instruction raises the signal again; one that was sent is sent
 * again. The kernel kills a program also by a signal that it ignores. */
static uintptr_t die_of(int signal, const char *info) {
    struct linux_action action;
    action.handler = DEFAULT_HANDLER;
    action.flags = 0;
    action.restorer = 0;
    action.mask[0] = 0;
    action.mask[1] = 0;
    linux_call(__NR_rt_sigaction, (long)signal, &action, 0l, (long)SIGSET_BYTES);
    if (*(const int *)(const void *)(info + SIGINFO_CODE_AT) <= 0)
        linux_call(__NR_rt_tgsigqueueinfo, linux_call(__NR_getpid), linux_call(__NR_gettid),
                   (long)signal, info);
    return 0;
}

/* The return of a signal handler has the bytes of the C library's, which unwinders compare. */
#ifdef __x86_64__
__asm__(".text\n"
        ".globl linux_exception_entry\n"
        "linux_exception_entry:\n"
        "  pushq %rdi\n"
        "  pushq %rsi\n"
        "  pushq %rdx\n"
        "  call linux_exception\n"
        "  popq %rdx\n"
        "  popq %rsi\n"
        "  popq %rdi\n"
        "  testq %rax, %rax\n"
        "  je 1f\n"
        "  jmp *%rax\n"
        "1:\n"
        "  ret\n"
        ".globl linux_exception_return\n"
        "linux_exception_return:\n"
        "  .byte 0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00\n" /* mov $15, %rax */
        "  syscall\n");
#else
__asm__(".text\n"
        ".globl linux_exception_entry\n"
        "linux_exception_entry:\n"
        "  subl $12, %esp\n"
        "  movl 16(%esp), %eax\n"
        "  movl %eax, (%esp)\n"
        "  movl 20(%esp), %eax\n"
        "  movl %eax, 4(%esp)\n"
        "  movl 24(%esp), %eax\n"
        "  movl %eax, 8(%esp)\n"
        "  call linux_exception\n"
        "  addl $12, %esp\n"
        "  testl %eax, %eax\n"
        "  je 1f\n"
        "  jmp *%eax\n"
        "1:\n"
        "  ret\n"
        ".globl linux_exception_return\n"
        "linux_exception_return:\n"
        "  movl $173, %eax\n"
        "  int $0x80\n");
#endif

#endif
