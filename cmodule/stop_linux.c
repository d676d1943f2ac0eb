#ifdef POOLNV_LINUX
/*
 * Stops the threads of this very process by ptrace, from a task that shares its memory but is not
 * one of its threads (the kernel forbids tracing a thread of one's own group). The program cannot
 * notice: no signal is delivered, and the kernel restarts what the stop interrupted. If the
 * stopping task dies, the kernel lets everything run on.
 */
#include "arm.h"

#if defined(__x86_64__)
#define SYS_READ          0
#define SYS_CLOSE         3
#define SYS_MPROTECT      10
#define SYS_SIGPROCMASK   14
#define SYS_NANOSLEEP     35
#define SYS_GETPID        39
#define SYS_EXIT          60
#define SYS_WAIT4         61
#define SYS_PTRACE        101
#define SYS_PRCTL         157
#define SYS_GETTID        186
#define SYS_GETDENTS64    217
#define SYS_CLOCK_GETTIME 228
#define SYS_OPENAT        257
#define REGISTER_COUNT    27
#define REG_RESULT        10
#define REG_SYSCALL       15
#define REG_IP            16
#define SYSCALL_BYTES     2
#else
#define SYS_EXIT          1
#define SYS_READ          3
#define SYS_CLOSE         6
#define SYS_GETPID        20
#define SYS_PTRACE        26
#define SYS_WAIT4         114
#define SYS_MPROTECT      125
#define SYS_NANOSLEEP     162
#define SYS_PRCTL         172
#define SYS_SIGPROCMASK   175
#define SYS_GETDENTS64    220
#define SYS_GETTID        224
#define SYS_CLOCK_GETTIME 265
#define SYS_OPENAT        295
#define REGISTER_COUNT    17
#define REG_RESULT        6
#define REG_SYSCALL       11
#define REG_IP            12
#define SYSCALL_BYTES     2
#endif

/* From the kernel's uapi headers: linux/ptrace.h, linux/sched.h, linux/wait.h, linux/prctl.h,
 * asm-generic/errno-base.h */
#define PTRACE_GETREGS    12
#define PTRACE_SETREGS    13
#define PTRACE_DETACH     17
#define PTRACE_SEIZE      0x4206
#define PTRACE_INTERRUPT  0x4207
#define PTRACE_EVENT_STOP 128
#define WAIT_ANY_KIND     0x40000000
#define WAIT_NO_HANG      1
#define CLONE_SAME_MEMORY 0x00000100
#define CLONE_SAME_FS     0x00000200
#define CLONE_SAME_FILES  0x00000400
#define CLONE_NOT_TRACED  0x00800000
#define PR_SET_PTRACER    0x59616d61
#define PR_SET_NAME       15
#define SIG_SETMASK       2
#define SIGNAL_SET_BYTES  8l
#define ERROR_PERMISSION  1
#define ERROR_NO_PROCESS  3
#define ERROR_INTERRUPTED 4
#define CLOCK_STEADY      1
#define PROT_ALL          7
#define PAGE_BYTES        4096ul

/* Tells the stopping task from the program, whose executable and command line it has: the host does
 * not take it for a second process of that name (host/target/process-table.ts). */
#define ARM_TASK_NAME "poolnv-stop"

/* Longest time that one try may hold the threads before it gives up and lets them run on. */
#define STOP_LIMIT_NS 20000000ull
#define POLL_NS       20000

#define THREAD_ASKED   0
#define THREAD_STOPPED 1
#define THREAD_GONE    2
#define THREAD_HELD    3 /* by another tracer, which has stopped it */
#define THREAD_SEIZED  4 /* ours, and still running */

struct KernelTime {
    long seconds;
    long nanoseconds;
};

#define kernel     ((long (*)(long, ...))(uintptr_t)POOLNV_SYSCALL)
#define last_error (*((int *(*)(void))(uintptr_t)POOLNV_ERRNO)())
#define spawn_task ((int (*)(int (*)(void *), void *, int, void *))(uintptr_t)POOLNV_CLONE)

static int32_t run_stopping_task(struct ArmPlan *plan);
static int stopping_task(void *argument);
static int32_t stop_all(struct ArmPlan *plan, uint64_t started);
static int32_t seize_new_threads(struct ArmPlan *plan, uint32_t *fresh);
static void ask_seized(struct ArmPlan *plan);
static int is_held_elsewhere(struct ArmPlan *plan, const char *tid);
static char *append(char *to, const char *text);
static int32_t await_stops(struct ArmPlan *plan, uint64_t deadline);
static void note_stop(struct ArmPlan *plan, uint32_t index, int wait_status);
static int32_t check_registers(struct ArmPlan *plan);
static void let_all_run(struct ArmPlan *plan);
static uint64_t now_ns(void);
static void sleep_ns(long nanoseconds);

/*
 * The task is born with every signal blocked: it has the program's handlers, and a Ctrl-C in the
 * terminal reaches it too.
 */
static int32_t stop_and_write(struct ArmPlan *plan) {
    uint64_t every_signal = ~0ull, previous;
    int32_t status;
    kernel(SYS_SIGPROCMASK, (long)SIG_SETMASK, &every_signal, &previous, SIGNAL_SET_BYTES);
    status = run_stopping_task(plan);
    kernel(SYS_SIGPROCMASK, (long)SIG_SETMASK, &previous, 0l, SIGNAL_SET_BYTES);
    return status;
}

static int32_t run_stopping_task(struct ArmPlan *plan) {
    int allow_tracer, wait_status, task;
    for (allow_tracer = 0; allow_tracer < 2; allow_tracer++) {
        plan->status = ARM_NOT_TRIED;
        plan->released = 0;
        plan->thread[0] = (uint64_t)kernel(SYS_GETTID);
        task = spawn_task(stopping_task, (void *)(uintptr_t)plan->stack_top,
                          CLONE_SAME_MEMORY | CLONE_SAME_FS | CLONE_SAME_FILES | CLONE_NOT_TRACED,
                          plan);
        if (task < 0) {
            plan->system_error = last_error;
            return ARM_MAY_NOT_STOP;
        }
        /* Under Yama only a declared task may trace us; declared only if need be, because it
         * replaces what was. */
        if (allow_tracer)
            kernel(SYS_PRCTL, (long)PR_SET_PTRACER, (long)task, 0l, 0l, 0l);
        *(volatile uint32_t *)&plan->released = 1;
        while (kernel(SYS_WAIT4, (long)task, &wait_status, (long)WAIT_ANY_KIND, 0l) < 0 &&
               last_error == ERROR_INTERRUPTED) {
        }
        if (allow_tracer)
            kernel(SYS_PRCTL, (long)PR_SET_PTRACER, 0l, 0l, 0l, 0l);
        if (plan->status == ARM_NOT_TRIED)
            return ARM_MAY_NOT_STOP;
        if (plan->status != ARM_MAY_NOT_STOP)
            return plan->status;
    }
    return ARM_MAY_NOT_STOP;
}

/* The body of the task. Everything that it calls is the kernel's. */
static int stopping_task(void *argument) {
    struct ArmPlan *plan = (struct ArmPlan *)argument;
    uint64_t started, held;
    uint32_t fresh;
    int32_t status;
    kernel(SYS_PRCTL, (long)PR_SET_NAME, ARM_TASK_NAME, 0l, 0l, 0l);
    while (*(volatile uint32_t *)&plan->released == 0)
        sleep_ns(POLL_NS);
    plan->threads = 0;
    status = seize_new_threads(plan, &fresh);
    started = now_ns();
    if (status == ARM_DONE)
        status = stop_all(plan, started);
    if (status == ARM_DONE)
        status = check_registers(plan);
    if (status == ARM_DONE)
        status = write_sites(plan);
    let_all_run(plan);
    held = now_ns() - started;
    if (held > plan->stalled_ns)
        plan->stalled_ns = held;
    plan->status = status;
    kernel(SYS_EXIT, 0l);
    return 0;
}

/* All are ours before the first is stopped: a task that has to share its processor with them loses
 * it now and then. Threads may be born meanwhile, so the list is read until it has nobody new. */
static int32_t stop_all(struct ArmPlan *plan, uint64_t started) {
    uint32_t fresh;
    int32_t status;
    do {
        ask_seized(plan);
        status = await_stops(plan, started + STOP_LIMIT_NS);
        if (status == ARM_DONE)
            status = seize_new_threads(plan, &fresh);
    } while (status == ARM_DONE && fresh > 0);
    return status;
}

static void ask_seized(struct ArmPlan *plan) {
    uint32_t i;
    for (i = 1; i <= plan->threads; i++)
        if (plan->thread_state[i] == THREAD_SEIZED) {
            kernel(SYS_PTRACE, (long)PTRACE_INTERRUPT, (long)plan->thread[i], 0l, 0l);
            plan->thread_state[i] = THREAD_ASKED;
        }
}

static uint64_t parse_number(const char *text) {
    uint64_t value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint64_t)(*text++ - '0');
    return value;
}

/* plan->thread[0] is the caller, which waits for us and must not be stopped; the others follow it.
 */
static int32_t seize_new_threads(struct ArmPlan *plan, uint32_t *fresh) {
    char entries[4096];
    long directory, bytes, at;
    int32_t status = ARM_DONE;
    *fresh = 0;
    directory = kernel(SYS_OPENAT, -100l, POOLNV_TASK_FOLDER, 0200000l, 0l);
    if (directory < 0) {
        plan->system_error = last_error;
        return ARM_MAY_NOT_STOP;
    }
    while (status == ARM_DONE &&
           (bytes = kernel(SYS_GETDENTS64, directory, entries, (long)sizeof entries)) > 0) {
        for (at = 0; at < bytes; at += *(uint16_t *)(entries + at + 16)) {
            uint64_t tid = parse_number(entries + at + 19);
            uint32_t i = 0;
            if (tid == 0)
                continue;
            while (i <= plan->threads && plan->thread[i] != tid)
                i++;
            if (i <= plan->threads)
                continue;
            if (i >= ARM_THREAD_LIMIT) {
                status = ARM_TOO_MANY_THREADS;
                break;
            }
            if (kernel(SYS_PTRACE, (long)PTRACE_SEIZE, (long)tid, 0l, 0l) < 0) {
                if (last_error == ERROR_NO_PROCESS)
                    continue; /* it ended meanwhile */
                if (is_held_elsewhere(plan, entries + at + 19)) {
                    plan->threads = i;
                    plan->thread[i] = tid;
                    plan->thread_state[i] = THREAD_HELD;
                    continue;
                }
                plan->system_error = last_error;
                status = ARM_MAY_NOT_STOP;
                break;
            }
            plan->threads = i;
            plan->thread[i] = tid;
            plan->thread_state[i] = THREAD_SEIZED;
            *fresh += 1;
        }
    }
    kernel(SYS_CLOSE, directory);
    return status;
}

/*
 * A program that is being launched is held by the tracer that started it, stopped before its first
 * instruction. Such a thread is as good as stopped by us, if it stands outside every site. The
 * kernel tells where it stands in the file `syscall` of its folder: the last word is the
 * instruction pointer, and "running" means that nobody has stopped it.
 */
static int is_held_elsewhere(struct ArmPlan *plan, const char *tid) {
    char path[64], text[256];
    long file, length, at;
    uint64_t instruction_pointer = 0;
    char *end = append(append(append(path, POOLNV_TASK_FOLDER "/"), tid), "/syscall");
    *end = 0;
    file = kernel(SYS_OPENAT, -100l, path, 0l, 0l);
    if (file < 0)
        return 0;
    length = kernel(SYS_READ, file, text, (long)sizeof text);
    kernel(SYS_CLOSE, file);
    if (length <= 0 || text[0] == 'r')
        return 0;
    for (at = length; at > 0 && text[at - 1] != 'x'; at--) {
    }
    for (; at > 0 && at < length && text[at] != '\n'; at++)
        instruction_pointer = instruction_pointer << 4 |
                              (uint64_t)(text[at] <= '9' ? text[at] - '0' : text[at] - 'a' + 10);
    return at > 0 && !stands_inside_a_site(plan, instruction_pointer);
}

static char *append(char *to, const char *text) {
    while (*text != 0)
        *to++ = *text++;
    return to;
}

static int32_t await_stops(struct ArmPlan *plan, uint64_t deadline) {
    uint32_t i;
    for (;;) {
        uint32_t waiting = 0;
        for (i = 1; i <= plan->threads; i++) {
            int wait_status = 0;
            long got;
            if (plan->thread_state[i] != THREAD_ASKED)
                continue;
            got = kernel(SYS_WAIT4, (long)plan->thread[i], &wait_status,
                         (long)(WAIT_ANY_KIND | WAIT_NO_HANG), 0l);
            if (got == 0)
                waiting++;
            else if (got < 0)
                plan->thread_state[i] = THREAD_GONE;
            else
                note_stop(plan, i, wait_status);
        }
        if (waiting == 0)
            return ARM_DONE;
        if (now_ns() > deadline)
            return ARM_WOULD_NOT_STOP;
        sleep_ns(POLL_NS);
    }
}

static void note_stop(struct ArmPlan *plan, uint32_t index, int wait_status) {
    if ((wait_status & 0xff) != 0x7f)
        plan->thread_state[index] = THREAD_GONE;
    else if ((wait_status >> 16) == PTRACE_EVENT_STOP)
        plan->thread_state[index] = THREAD_STOPPED;
    else /* a signal was on its way in: it goes on its way when we let go */
        plan->thread_state[index] = THREAD_STOPPED | (uint32_t)(wait_status & 0xff00);
}

/*
 * The calls that the kernel ends with EINTR at any stop, even one without a signal (signal(7)), and
 * that may simply be made again: the thread is put back in front of its call.
 */
static int is_call_to_repeat(long number) {
#if defined(__x86_64__)
    /* semop, msgsnd, msgrcv, rt_sigtimedwait, io_getevents, semtimedop, epoll_wait, epoll_pwait,
     * epoll_pwait2 */
    return number == 65 || number == 69 || number == 70 || number == 128 || number == 208 ||
           number == 220 || number == 232 || number == 281 || number == 441;
#else
    /* ipc, rt_sigtimedwait, io_getevents, epoll_wait, epoll_pwait, rt_sigtimedwait_time64,
       semtimedop_time64, epoll_pwait2 */
    return number == 117 || number == 177 || number == 247 || number == 256 || number == 319 ||
           number == 420 || number == 421 || number == 441;
#endif
}

static int32_t check_registers(struct ArmPlan *plan) {
    unsigned long registers[REGISTER_COUNT];
    uint32_t i;
    int32_t status = ARM_DONE;
    for (i = 1; i <= plan->threads; i++) {
        if ((plan->thread_state[i] & 0xff) != THREAD_STOPPED)
            continue;
        if (kernel(SYS_PTRACE, (long)PTRACE_GETREGS, (long)plan->thread[i], 0l, registers) < 0)
            continue; /* killed while stopped: it will not run again */
        if (stands_inside_a_site(plan, registers[REG_IP]))
            status = ARM_WOULD_NOT_STOP;
        if (plan->thread_state[i] == THREAD_STOPPED &&
            (long)registers[REG_RESULT] == -ERROR_INTERRUPTED &&
            is_call_to_repeat((long)registers[REG_SYSCALL])) {
            registers[REG_RESULT] = registers[REG_SYSCALL];
            registers[REG_IP] -= SYSCALL_BYTES;
            kernel(SYS_PTRACE, (long)PTRACE_SETREGS, (long)plan->thread[i], 0l, registers);
        }
    }
    return status;
}

static void let_all_run(struct ArmPlan *plan) {
    uint32_t i;
    for (i = 1; i <= plan->threads; i++)
        if ((plan->thread_state[i] & 0xff) == THREAD_STOPPED)
            kernel(SYS_PTRACE, (long)PTRACE_DETACH, (long)plan->thread[i], 0l,
                   (long)(plan->thread_state[i] >> 8));
}

static int32_t unlock_pages(struct ArmPlan *plan) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        unsigned long first = (unsigned long)site->address & ~(PAGE_BYTES - 1);
        unsigned long end = (unsigned long)site->address + site->length;
        if (kernel(SYS_MPROTECT, first, end - first, (long)PROT_ALL) < 0) {
            plan->system_error = last_error;
            return ARM_NOT_WRITABLE;
        }
    }
    return ARM_DONE;
}

static void relock_pages(struct ArmPlan *plan) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        unsigned long first = (unsigned long)site->address & ~(PAGE_BYTES - 1);
        unsigned long end = (unsigned long)site->address + site->length;
        kernel(SYS_MPROTECT, first, end - first, (long)site->protection);
    }
}

static void pause_between_tries(void) { sleep_ns(ARM_PAUSE_NS); }

static uint64_t now_ns(void) {
    struct KernelTime time;
    kernel(SYS_CLOCK_GETTIME, (long)CLOCK_STEADY, &time);
    return (uint64_t)time.seconds * 1000000000ull + (uint64_t)time.nanoseconds;
}

static void sleep_ns(long nanoseconds) {
    struct KernelTime time;
    time.seconds = 0;
    time.nanoseconds = nanoseconds;
    kernel(SYS_NANOSLEEP, &time, 0l);
}

#endif
