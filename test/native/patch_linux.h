/* SPDX-License-Identifier: MIT */
/* What only Linux has: system calls that a suspension may interrupt, signals, other tracers, and a
 * filter that forbids ptrace. */
#ifndef POOLNV_TEST_PATCH_LINUX_H
#define POOLNV_TEST_PATCH_LINUX_H

#include "patch_code.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef __WALL
#define __WALL 0x40000000
#endif

/* ---- system calls ---- */

/* Each thread waits in a call until it is released through its pipe, its signal or its queue. The
 * first two are calls that the kernel restarts by itself, the others are not. */
enum { IN_READ, IN_SEM_WAIT, IN_EPOLL_WAIT, IN_SIGTIMEDWAIT, IN_MSGRCV, CALLS };

static struct Caller {
    thread_t thread;
    int kind;
    uint32_t id;       /* of the thread, set before the call */
    uint32_t returned; /* 1 it returned what it should, 2 anything else */
    int error;         /* errno then */
    int pipe[2];       /* read, epoll_wait */
    int queue;         /* msgrcv */
    sem_t semaphore;   /* sem_wait */
} callers[CALLS];

struct Message {
    long type;
    char text[1];
};

static int wait_in_call(struct Caller *caller) {
    struct epoll_event event = {.events = EPOLLIN};
    struct Message message;
    sigset_t signals;
    char byte;
    int poll;

    switch (caller->kind) {
    case IN_READ:
        return read(caller->pipe[0], &byte, 1) == 1;
    case IN_SEM_WAIT:
        return sem_wait(&caller->semaphore) == 0;
    case IN_EPOLL_WAIT:
        poll = epoll_create1(0);
        epoll_ctl(poll, EPOLL_CTL_ADD, caller->pipe[0], &event);
        return epoll_wait(poll, &event, 1, -1) == 1 && close(poll) == 0;
    case IN_SIGTIMEDWAIT:
        sigemptyset(&signals);
        sigaddset(&signals, SIGUSR2);
        return sigtimedwait(&signals, NULL, NULL) == SIGUSR2;
    default:
        return msgrcv(caller->queue, &message, sizeof message.text, 0, 0) == 1;
    }
}

THREAD_BODY(call_and_wait, argument) {
    struct Caller *caller = argument;
    int is_right;
    STORE(caller->id, (uint32_t)gettid());
    is_right = wait_in_call(caller);
    caller->error = errno;
    STORE(caller->returned, is_right ? 1 : 2);
    THREAD_END;
}

static void release_caller(struct Caller *caller) {
    struct Message message = {.type = 1};
    switch (caller->kind) {
    case IN_READ:
    case IN_EPOLL_WAIT:
        CHECK("a byte is written", write(caller->pipe[1], "x", 1) == 1);
        break;
    case IN_SEM_WAIT:
        sem_post(&caller->semaphore);
        break;
    case IN_SIGTIMEDWAIT:
        syscall(SYS_tgkill, getpid(), caller->id, SIGUSR2);
        break;
    default:
        CHECK("a message is sent", msgsnd(caller->queue, &message, sizeof message.text, 0) == 0);
    }
}

static void start_caller(struct Caller *caller, int kind) {
    memset(caller, 0, sizeof *caller);
    caller->kind = kind;
    CHECK("there is a pipe", pipe(caller->pipe) == 0);
    sem_init(&caller->semaphore, 0, 0);
    caller->queue = msgget(IPC_PRIVATE, 0600);
    CHECK("there is a queue", caller->queue >= 0);
    start_thread(&caller->thread, call_and_wait, caller);
    while (LOAD(caller->id) == 0)
        sleep_ms(1);
}

static void end_caller(struct Caller *caller) {
    release_caller(caller);
    join_thread(caller->thread);
    close(caller->pipe[0]);
    close(caller->pipe[1]);
    msgctl(caller->queue, IPC_RMID, NULL);
}

static const char *const call_names[CALLS] = {"read", "sem_wait", "epoll_wait", "sigtimedwait",
                                              "msgrcv"};

static void start_callers(void) {
    int i;
    for (i = 0; i < CALLS; i++)
        start_caller(&callers[i], i);
    sleep_ms(20);
}

/* They wait until they are released, and then return what they should. */
static void end_callers(void) {
    int i;
    sleep_ms(20);
    for (i = 0; i < CALLS; i++)
        CHECK(call_names[i], LOAD(callers[i].returned) == 0);
    for (i = 0; i < CALLS; i++) {
        end_caller(&callers[i]);
        CHECK(call_names[i], callers[i].returned == 1);
    }
}

static void test_system_calls(void) {
    uint32_t i, written = 0;

    group_begin("threads that wait in a system call");
    start_callers();
    for (i = 0; i < 20; i++)
        written += (uint32_t)raise_generation();
    CHECK("the hooks are written", written == 20);
    end_callers();
}

/* ---- a thread that does not stop ---- */

#define HOLD_MS 300

static uint32_t held, child_ended;

/* A thread in vfork does not stop before its child has ended. */
THREAD_BODY(wait_for_child, unused) {
    int status;
    pid_t child = vfork();
    (void)unused;
    if (child == 0) {
        STORE(held, 1);
        usleep(HOLD_MS * 1000);
        _exit(0);
    }
    STORE(child_ended, waitpid(child, &status, 0) == child && status == 0);
    THREAD_END;
}

static void test_thread_that_does_not_stop(void) {
    thread_t thread;

    group_begin("tries in which a thread does not stop");
    start_callers();
    start_thread(&thread, wait_for_child, NULL);
    while (!LOAD(held))
        sleep_ms(1);
    CHECK("the hooks are written", raise_generation());
    CHECK("when the thread stops", native_control.patch_retries >= 1);
    CHECK("the others were not suspended all the time",
          native_control.stalled_ns < HOLD_MS * 1000000ull);
    join_thread(thread);
    CHECK("the thread goes on", LOAD(child_ended));
    end_callers();
}

/* ---- signals ---- */

#define SIGNALS 1000u

static uint32_t received, sending_done;

static void count_signal(int number) {
    (void)number;
    ADD(received, 1);
}

/* Signals that the kernel queues, so that none is merged with another. */
THREAD_BODY(send_signals, unused) {
    uint32_t sent = 0;
    (void)unused;
    while (sent < SIGNALS) {
        siginfo_t info;
        memset(&info, 0, sizeof info);
        info.si_signo = SIGRTMIN;
        info.si_code = SI_QUEUE;
        if (syscall(SYS_rt_tgsigqueueinfo, getpid(), LOAD(workers[sent % WORKERS].id), SIGRTMIN,
                    &info) == 0)
            sent++;
        if (sent % 8 == 0)
            usleep(100);
    }
    STORE(sending_done, 1);
    THREAD_END;
}

static void test_signals(void) {
    struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
    thread_t sender;
    uint32_t rounds = 0, written = 0, started;

    group_begin("threads that get signals");
    sigaction(SIGRTMIN, &action, NULL);
    start_thread(&sender, send_signals, NULL);
    while (!LOAD(sending_done)) {
        written += (uint32_t)raise_generation();
        rounds++;
    }
    join_thread(sender);
    for (started = now_us(); LOAD(received) < SIGNALS && now_us() - started < 5000000;)
        sleep_ms(1);
    CHECK("the hooks are written", written == rounds);
    CHECK("every signal arrives, once", received == SIGNALS);
    CHECK("the threads run on", all_run_on());
}

/* ---- a thread that another process traces ---- */

/* Traces a thread, stops it if asked to, and detaches after reading a byte. In a child
 * process, so that it may call nothing but the kernel. */
static void trace(pid_t thread, int stops, int ready, int done) {
    char byte = 'x';
    int status;
    if (ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0)
        _exit(1);
    if (stops && (ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) != 0 ||
                  waitpid(thread, &status, __WALL) != thread))
        _exit(2);
    if (write(ready, &byte, 1) != 1 || read(done, &byte, 1) != 1)
        _exit(3);
    if (stops && ptrace(PTRACE_DETACH, thread, NULL, NULL) != 0)
        _exit(4);
    _exit(0);
}

/* What writing the hooks returns while a thread is traced. */
static int32_t write_while_traced(pid_t thread, int stops) {
    int ready[2], done[2], status = 0;
    int32_t result = -1;
    char byte = 'x';
    pid_t tracer;

    CHECK("there are pipes", pipe(ready) == 0 && pipe(done) == 0);
    tracer = fork();
    if (tracer == 0)
        trace(thread, stops, ready[1], done[0]);
    prctl(PR_SET_PTRACER, tracer, 0, 0, 0);
    close(ready[1]);
    if (read(ready[0], &byte, 1) == 1)
        result = write_hooks();
    CHECK("the tracer gets its byte", write(done[1], &byte, 1) == 1);
    CHECK("the tracer has done its part", waitpid(tracer, &status, 0) == tracer && status == 0);
    close(ready[0]);
    close(done[0]);
    close(done[1]);
    return result;
}

static void test_other_tracer(void) {
    struct Caller *caller = &callers[0];

    group_begin("a thread that another tracer has stopped");
    start_caller(caller, IN_READ);
    sleep_ms(20);
    plan_round();
    CHECK("the hooks are written", write_while_traced((pid_t)caller->id, 1) == PATCH_DONE);
    generation++;
    CHECK("the functions are new", functions_return(generation));
    end_caller(caller);
    CHECK("its call goes on", caller->returned == 1);

    group_begin("a thread that another tracer lets run");
    plan_round();
    check_nothing_changed(write_while_traced((pid_t)workers[0].id, 0), PATCH_SUSPEND_DENIED);
    CHECK("the threads run on", all_run_on());
    CHECK("when the tracer has gone it is written", raise_generation());
}

/* ---- a filter ---- */

static int32_t filtered_status, filtered_error;

/* The filter is of this thread and of the task that it starts, not of the others. */
THREAD_BODY(write_filtered, unused) {
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof instructions / sizeof *instructions,
                                .filter = instructions};
    (void)unused;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0)
        filtered_status = write_hooks();
    filtered_error = native_plan.system_error;
    THREAD_END;
}

static void test_filter(void) {
    thread_t thread;

    group_begin("a sandbox that forbids ptrace");
    plan_round();
    start_thread(&thread, write_filtered, NULL);
    join_thread(thread);
    check_nothing_changed(filtered_status, PATCH_SUSPEND_DENIED);
    CHECK("with the reason of the system", filtered_error == EPERM);
    CHECK("the threads run on", all_run_on());
    CHECK("without the filter it is written", raise_generation());
}

/* All threads that start later have this signal blocked, for the one that waits for it. */
static void test_system_begin(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    snprintf(native_task_folder, sizeof native_task_folder, "/proc/%d/task", (int)getpid());
}

static void test_system(void) {
    test_system_calls();
    test_thread_that_does_not_stop();
    test_signals();
    test_other_tracer();
    test_filter();
}

#endif
