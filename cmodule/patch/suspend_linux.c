/* SPDX-License-Identifier: MIT */
/* Suspends the threads of this very process by ptrace, from a task that shares its memory but is
 * not one of its threads (the kernel forbids tracing a thread of one's own thread group). The
 * program does not notice: no signal is delivered, and the kernel restarts what the suspension
 * interrupted. If the suspending task dies, the kernel resumes everything. */
#include "suspend.h"

#ifdef POOLNV_LINUX

#include "../platform/kernel_linux.h"

#define PROT_ALL   (PROT_READ | PROT_WRITE | PROT_EXEC)
#define PAGE_BYTES 4096ul

/* The task has the executable and the command line of the program. By this name the host knows that
 * it is no second process of the program (host/process/process-table.ts). 15 characters at most. */
#define SUSPEND_TASK_NAME "poolnv-suspend"

/* Longest time that one try may take to suspend all threads before it gives up and resumes them. */
#define SUSPEND_LIMIT_NS 20000000ull
#define LATE_LIMIT_NS    100000000ull /* see resume_late */
#define POLL_NS          20000

/* PatchPlan.thread_state: one of these, and in the bits from 8 up the signal that the thread gets
 * when it is resumed. */
#define THREAD_INTERRUPTED 0 /* asked to stop, still running */
#define THREAD_SUSPENDED   1
#define THREAD_GONE        2 /* ended, or resumed */
#define THREAD_HELD        3 /* stopped by another tracer */
#define THREAD_SEIZED      4 /* traced by us, still running */
#define THREAD_STATE(word) ((word)&0xff)

#define kernel     ((long (*)(long, ...))(uintptr_t)POOLNV_SYSCALL)
#define last_error (*((int *(*)(void))(uintptr_t)POOLNV_ERRNO)())
#define clone_task ((int (*)(int (*)(void *), void *, int, void *, ...))(uintptr_t)POOLNV_CLONE)

static int32_t run_suspending_task(struct PatchPlan *plan);
static int suspending_task(void *argument);
static int32_t suspend_all(struct PatchPlan *plan, uint64_t started);
static int32_t seize_new_threads(struct PatchPlan *plan, uint32_t *fresh);
static void interrupt_seized(struct PatchPlan *plan);
static int is_suspended_elsewhere(struct PatchPlan *plan, const char *tid);
static long read_file_of(const char *tid, const char *name, char *text, long bytes);
static char *append(char *to, const char *text);
static int32_t await_suspensions(struct PatchPlan *plan, uint64_t deadline);
static void record_wait_status(struct PatchPlan *plan, uint32_t index, int wait_status);
static int32_t check_registers(struct PatchPlan *plan);
static int restart_call(struct PatchPlan *plan, uint32_t index);
static void resume_all(struct PatchPlan *plan);
static void resume_late(struct PatchPlan *plan);
static uint64_t now_ns(void);
static void sleep_ns(long nanoseconds);

/* The task starts with every signal blocked: it has the program's handlers, and a Ctrl-C in the
 * terminal reaches it too. */
int32_t pool_suspend_and_write(struct PatchPlan *plan) {
    uint64_t every_signal = ~0ull, previous;
    int32_t status;
    kernel(__NR_rt_sigprocmask, (long)SIG_SETMASK, &every_signal, &previous, (long)SIGSET_BYTES);
    status = run_suspending_task(plan);
    kernel(__NR_rt_sigprocmask, (long)SIG_SETMASK, &previous, 0l, (long)SIGSET_BYTES);
    return status;
}

static int32_t run_suspending_task(struct PatchPlan *plan) {
    int allow_tracer, wait_status, task;
    for (allow_tracer = 0; allow_tracer < 2; allow_tracer++) {
        plan->status = PATCH_NOT_TRIED;
        plan->released = 0;
        plan->thread[0] = (uint64_t)kernel(__NR_gettid);
        task = clone_task(suspending_task, (void *)(uintptr_t)plan->stack_top,
                          CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED, plan);
        if (task < 0) {
            plan->system_error = last_error;
            return PATCH_SUSPEND_DENIED;
        }
        /* Under Yama only a declared task may trace this process. Only in the second round, because
         * the declaration replaces one that the program has made. */
        if (allow_tracer)
            kernel(__NR_prctl, (long)PR_SET_PTRACER, (long)task, 0l, 0l, 0l);
        *(volatile uint32_t *)&plan->released = 1;
        while (kernel(__NR_wait4, (long)task, &wait_status, (long)__WALL, 0l) < 0 &&
               last_error == EINTR) {
        }
        if (allow_tracer)
            kernel(__NR_prctl, (long)PR_SET_PTRACER, 0l, 0l, 0l, 0l);
        if (plan->status == PATCH_NOT_TRIED)
            return PATCH_SUSPEND_DENIED;
        if (plan->status != PATCH_SUSPEND_DENIED)
            return plan->status;
    }
    return PATCH_SUSPEND_DENIED;
}

/* The body of the task. It calls nothing but the kernel. */
static int suspending_task(void *argument) {
    struct PatchPlan *plan = (struct PatchPlan *)argument;
    uint64_t started, suspended_ns;
    uint32_t fresh;
    int32_t status, checked;
    kernel(__NR_prctl, (long)PR_SET_NAME, SUSPEND_TASK_NAME, 0l, 0l, 0l);
    while (*(volatile uint32_t *)&plan->released == 0)
        sleep_ns(POLL_NS);
    plan->threads = 0;
    status = seize_new_threads(plan, &fresh);
    started = now_ns();
    if (status == PATCH_DONE) {
        status = suspend_all(plan, started);
        checked = check_registers(plan); /* also in a try that failed: it restarts calls */
        if (status == PATCH_DONE)
            status = checked;
    }
    if (status == PATCH_DONE)
        status = pool_write_sites(plan);
    resume_all(plan);
    suspended_ns = now_ns() - started;
    if (suspended_ns > plan->stalled_ns)
        plan->stalled_ns = suspended_ns;
    resume_late(plan);
    plan->status = status;
    kernel(__NR_exit, 0l);
    return 0;
}

/* All threads are seized before the first is interrupted: while threads run, the task may lose its
 * processor to them. Threads may start in the meantime, so the list is read until it has no new
 * one. */
static int32_t suspend_all(struct PatchPlan *plan, uint64_t started) {
    uint32_t fresh;
    int32_t status;
    do {
        interrupt_seized(plan);
        status = await_suspensions(plan, started + SUSPEND_LIMIT_NS);
        if (status == PATCH_DONE)
            status = seize_new_threads(plan, &fresh);
    } while (status == PATCH_DONE && fresh > 0);
    return status;
}

static void interrupt_seized(struct PatchPlan *plan) {
    uint32_t i;
    for (i = 1; i <= plan->threads; i++)
        if (plan->thread_state[i] == THREAD_SEIZED) {
            kernel(__NR_ptrace, (long)PTRACE_INTERRUPT, (long)plan->thread[i], 0l, 0l);
            plan->thread_state[i] = THREAD_INTERRUPTED;
        }
}

static uint64_t parse_number(const char *text) {
    uint64_t value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint64_t)(*text++ - '0');
    return value;
}

/* plan->thread[0] is the caller, which waits for this task and must not be suspended; the others
 * follow it. */
static int32_t seize_new_threads(struct PatchPlan *plan, uint32_t *fresh) {
    char entries[4096] __attribute__((aligned(8)));
    long directory, bytes, at;
    int32_t status = PATCH_DONE;
    *fresh = 0;
    directory = kernel(__NR_openat, (long)AT_FDCWD, POOLNV_TASK_FOLDER, (long)O_DIRECTORY, 0l);
    if (directory < 0) {
        plan->system_error = last_error;
        return PATCH_SUSPEND_DENIED;
    }
    while (status == PATCH_DONE &&
           (bytes = kernel(__NR_getdents64, directory, entries, (long)sizeof entries)) > 0) {
        const struct linux_dirent64 *entry;
        for (at = 0; at < bytes; at += entry->d_reclen) {
            uint64_t tid;
            uint32_t i = 0;
            entry = (const struct linux_dirent64 *)(entries + at);
            tid = parse_number(entry->d_name);
            if (tid == 0)
                continue;
            while (i <= plan->threads && plan->thread[i] != tid)
                i++;
            if (i <= plan->threads)
                continue;
            if (i >= PATCH_THREAD_LIMIT) {
                status = PATCH_TOO_MANY_THREADS;
                break;
            }
            if (kernel(__NR_ptrace, (long)PTRACE_SEIZE, (long)tid, 0l, 0l) < 0) {
                int error = last_error;
                if (error == ESRCH)
                    continue; /* it has ended */
                if (is_suspended_elsewhere(plan, entry->d_name)) {
                    plan->threads = i;
                    plan->thread[i] = tid;
                    plan->thread_state[i] = THREAD_HELD;
                    continue;
                }
                plan->system_error = error;
                status = PATCH_SUSPEND_DENIED;
                break;
            }
            plan->threads = i;
            plan->thread[i] = tid;
            plan->thread_state[i] = THREAD_SEIZED;
            *fresh += 1;
        }
    }
    kernel(__NR_close, directory);
    return status;
}

/* A program that is being launched is traced by the process that started it, and stopped before its
 * first instruction. Such a thread counts as suspended if it is outside every site. A thread that
 * waits in a system call does not: it may go on at any moment. In the file `stat`
 * (proc_pid_stat(5)) the state follows the name in parentheses, `t` for a tracing stop. The last
 * number of the file `syscall` (proc_pid_syscall(5)) is the instruction pointer. */
static int is_suspended_elsewhere(struct PatchPlan *plan, const char *tid) {
    char text[256];
    long at, length = read_file_of(tid, "/stat", text, (long)sizeof text);
    uint64_t instruction_pointer = 0;
    for (at = length - 3; at > 0 && text[at] != ')'; at--) {
    }
    if (at <= 0 || text[at + 2] != 't')
        return 0;
    length = read_file_of(tid, "/syscall", text, (long)sizeof text);
    if (length <= 0 || text[0] == 'r')
        return 0;
    for (at = length; at > 0 && text[at - 1] != 'x'; at--) {
    }
    for (; at > 0 && at < length && text[at] != '\n'; at++)
        instruction_pointer = instruction_pointer << 4 |
                              (uint64_t)(text[at] <= '9' ? text[at] - '0' : text[at] - 'a' + 10);
    return at > 0 && !pool_is_inside_site(plan, instruction_pointer);
}

/* Of a thread. Returns the bytes read, or less than 0. */
static long read_file_of(const char *tid, const char *name, char *text, long bytes) {
    char path[64];
    char *end = append(append(append(append(path, POOLNV_TASK_FOLDER), "/"), tid), name);
    long file, length;
    *end = 0;
    file = kernel(__NR_openat, (long)AT_FDCWD, path, (long)O_RDONLY, 0l);
    if (file < 0)
        return -1;
    length = kernel(__NR_read, file, text, bytes);
    kernel(__NR_close, file);
    return length;
}

static char *append(char *to, const char *text) {
    while (*text != 0)
        *to++ = *text++;
    return to;
}

/* Looks at least once. */
static int32_t await_suspensions(struct PatchPlan *plan, uint64_t deadline) {
    uint32_t i;
    for (;;) {
        uint32_t waiting = 0;
        for (i = 1; i <= plan->threads; i++) {
            int wait_status = 0;
            long got;
            if (plan->thread_state[i] != THREAD_INTERRUPTED)
                continue;
            got = kernel(__NR_wait4, (long)plan->thread[i], &wait_status, (long)(__WALL | WNOHANG),
                         0l);
            if (got == 0)
                waiting++;
            else if (got < 0)
                plan->thread_state[i] = THREAD_GONE;
            else
                record_wait_status(plan, i, wait_status);
        }
        if (waiting == 0)
            return PATCH_DONE;
        if (now_ns() > deadline)
            return PATCH_THREADS_BUSY;
        sleep_ns(POLL_NS);
    }
}

static void record_wait_status(struct PatchPlan *plan, uint32_t index, int wait_status) {
    if ((wait_status & 0xff) != 0x7f) /* WIFSTOPPED */
        plan->thread_state[index] = THREAD_GONE;
    else if ((wait_status >> 16) == PTRACE_EVENT_STOP)
        plan->thread_state[index] = THREAD_SUSPENDED;
    else /* a signal was about to be delivered: it is when the thread is resumed */
        plan->thread_state[index] = THREAD_SUSPENDED | (uint32_t)(wait_status & 0xff00);
}

/* Calls that the kernel ends with EINTR after any stop, even without a signal (signal(7)), and that
 * may simply be made again: the thread is put back in front of its call. */
static int is_call_to_restart(long number) {
#if defined(__x86_64__)
    return number == __NR_semop || number == __NR_msgsnd || number == __NR_msgrcv ||
           number == __NR_rt_sigtimedwait || number == __NR_io_getevents ||
           number == __NR_semtimedop || number == __NR_epoll_wait || number == __NR_epoll_pwait ||
           number == __NR_epoll_pwait2;
#else
    return number == __NR_ipc || number == __NR_rt_sigtimedwait || number == __NR_io_getevents ||
           number == __NR_epoll_wait || number == __NR_epoll_pwait ||
           number == __NR_semtimedop_time64 || number == __NR_rt_sigtimedwait_time64 ||
           number == __NR_epoll_pwait2;
#endif
}

/* Restarts calls that the suspension ended. PATCH_THREADS_BUSY if a thread is inside a site. */
static int32_t check_registers(struct PatchPlan *plan) {
    uint32_t i;
    int32_t status = PATCH_DONE;
    for (i = 1; i <= plan->threads; i++)
        if (THREAD_STATE(plan->thread_state[i]) == THREAD_SUSPENDED && restart_call(plan, i))
            status = PATCH_THREADS_BUSY;
    return status;
}

/* Of a suspended thread. Returns whether it is inside a site. */
static int restart_call(struct PatchPlan *plan, uint32_t index) {
    struct user_regs_struct registers;
    int is_inside;
    if (kernel(__NR_ptrace, (long)PTRACE_GETREGS, (long)plan->thread[index], 0l, &registers) < 0)
        return 0; /* killed while suspended: it will not run again */
    is_inside = pool_is_inside_site(plan, registers.ip);
    if (plan->thread_state[index] == THREAD_SUSPENDED && (long)registers.ax == -EINTR &&
        is_call_to_restart((long)registers.orig_ax)) {
        registers.ax = registers.orig_ax;
        registers.ip -= SYSCALL_BYTES;
        kernel(__NR_ptrace, (long)PTRACE_SETREGS, (long)plan->thread[index], 0l, &registers);
    }
    return is_inside;
}

static void resume_all(struct PatchPlan *plan) {
    uint32_t i;
    for (i = 1; i <= plan->threads; i++)
        if (THREAD_STATE(plan->thread_state[i]) == THREAD_SUSPENDED) {
            kernel(__NR_ptrace, (long)PTRACE_DETACH, (long)plan->thread[i], 0l,
                   (long)(plan->thread_state[i] >> 8));
            plan->thread_state[i] = THREAD_GONE;
        }
}

/* A thread that did not stop within the limit of a try has been interrupted all the same, and with
 * it the call that it is in. If this task ended now, the thread would see EINTR. */
static void resume_late(struct PatchPlan *plan) {
    uint64_t deadline = now_ns() + LATE_LIMIT_NS;
    while (await_suspensions(plan, 0) != PATCH_DONE && now_ns() < deadline) {
        check_registers(plan);
        resume_all(plan);
        sleep_ns(POLL_NS);
    }
    check_registers(plan);
    resume_all(plan);
}

int32_t pool_unprotect_sites(struct PatchPlan *plan) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        unsigned long first = (unsigned long)site->address & ~(PAGE_BYTES - 1);
        unsigned long end = (unsigned long)site->address + site->length;
        if (kernel(__NR_mprotect, first, end - first, (long)PROT_ALL) < 0) {
            plan->system_error = last_error;
            return PATCH_NOT_WRITABLE;
        }
    }
    return PATCH_DONE;
}

void pool_restore_protection(struct PatchPlan *plan) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        unsigned long first = (unsigned long)site->address & ~(PAGE_BYTES - 1);
        unsigned long end = (unsigned long)site->address + site->length;
        kernel(__NR_mprotect, first, end - first, (long)site->protection);
    }
}

void pool_pause_between_tries(void) { sleep_ns(PATCH_PAUSE_NS); }

static uint64_t now_ns(void) {
    struct kernel_timespec time;
    kernel(__NR_clock_gettime, (long)CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static void sleep_ns(long nanoseconds) {
    struct kernel_timespec time;
    time.tv_sec = 0;
    time.tv_nsec = nanoseconds;
    kernel(__NR_nanosleep, &time, 0l);
}

#endif
