/* SPDX-License-Identifier: MIT */
/* For resident.c: the thread among the others, and at the ends that programs come to. */
#ifndef POOLNV_TEST_RESIDENT_THREAD_H
#define POOLNV_TEST_RESIDENT_THREAD_H

#include <dirent.h>
#if defined(__GLIBC__) && !defined(__SANITIZE_THREAD__)
#include <execinfo.h>
#define HAS_BACKTRACE 1 /* the sanitizer objects to what it calls in a handler */
#endif
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define CLOSE_RANGE_CALL 436 /* not in the headers of older C libraries */

#define RESIDENT_FOLDER "/proc/self/task/%u"

/* The entries of a folder of /proc, each with what it is a link to. */
static void list_links(const char *path, char *out, size_t bytes) {
    char entry[300], link[256];
    struct dirent *each;
    DIR *directory = opendir(path);
    size_t length = 0;
    out[0] = 0;
    while (directory != NULL && (each = readdir(directory)) != NULL && length < bytes) {
        ssize_t count;
        snprintf(entry, sizeof entry, "%s/%.20s", path, each->d_name);
        count = readlink(entry, link, sizeof link - 1);
        if (count <= 0)
            continue;
        link[count] = 0;
        if (strncmp(link, "/proc/", 6) == 0)
            continue; /* the folder itself */
        length +=
            (size_t)snprintf(out + length, bytes - length, "%.20s %.200s\n", each->d_name, link);
    }
    if (directory != NULL)
        closedir(directory);
}

/* A number in a file of /proc, behind that word; or -1. */
static long status_number(const char *path, const char *word) {
    const char *found = strstr(contents(path), word);
    return found == NULL ? -1 : atol(found + strlen(word));
}

static const char *of_resident(const char *name) {
    static char path[96];
    snprintf(path, sizeof path, RESIDENT_FOLDER "/%s", control_block.wake_thread, name);
    return path;
}

/* Whether the resident has a pipe and nothing else, above the first three descriptors. */
static int has_pipe_alone(void) {
    static char own[8192];
    char *second;
    list_links(of_resident("fd"), own, sizeof own);
    second = strchr(own, '\n');
    return strstr(own, "pipe:") != NULL && second != NULL &&
           strchr(second + 1, '\n') == own + strlen(own) - 1 && control_block.wake_descriptor >= 3;
}

/* Of a pipe that the program opened before the resident was started. */
static int ends_when_closed(const int ends[2]) {
    char byte;
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return read(ends[0], &byte, 1) == 0 && close(ends[0]) == 0;
}

static void test_descriptors(void) {
    static char before[8192], during[8192];
    int ends[2];
    group_begin("descriptors");
    CHECK("a pipe", pipe2(ends, O_CLOEXEC) == 0);
    stop_resident();
    list_links("/proc/self/fd", before, sizeof before);
    control_block.stage = POOL_STAGE_PREPARED;
    CHECK("started", start_resident());
    CHECK("answers", ask(RESIDENT_SNAPSHOT, NULL, 0) == RESIDENT_OK);
    list_links("/proc/self/fd", during, sizeof during);
    CHECK("those of the program are as before", before[0] != 0 && strcmp(before, during) == 0);
    CHECK("a pipe is all it has", has_pipe_alone());
    CHECK("a pipe that the program closes has ended", ends_when_closed(ends));
    CHECK("can be woken", wake());
}

static void test_sleep(void) {
    long before, since;
    group_begin("sleep");
    CHECK("hooked", give_order(RESIDENT_ORDER_HOOK) && control_block.stage == POOL_STAGE_HOOKED);
    CHECK("says so",
          NEW_LINE("hooked: 3 other threads were suspended for 1.23 ms (1 tries before)"));
    sleep_ms(100);
    before = status_number(of_resident("status"), "\nvoluntary_ctxt_switches:");
    sleep_ms(RESIDENT_TICK_MS + 200);
    since = status_number(of_resident("status"), "\nvoluntary_ctxt_switches:") - before;
    CHECK("at most one wake-up a second", before > 0 && since >= 1 && since <= 3);
    CHECK("is asked at once", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK);
    CHECK("name", strcmp(contents(of_resident("comm")), "poolnv\n") == 0);
    CHECK("signals", strstr(contents(of_resident("status")), "SigBlk:\tfffffff") != NULL);
    __atomic_store_n(&native_resident.order, RESIDENT_ORDER_STOP, __ATOMIC_SEQ_CST);
    CHECK("orders come to an end", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK);
    __atomic_store_n(&native_resident.order, RESIDENT_ORDER_HOOK, __ATOMIC_SEQ_CST);
}

static void test_restart(void) {
    group_begin("start, stop and refusals");
    CHECK("stopped", stop_resident());
    CHECK("is gone", control_block.resident_pid == 0 && control_block.wake_descriptor == 0 &&
                         control_block.wake_thread == 0);
    control_block.stage = POOL_STAGE_PREPARED;
    hook_status = 5;
    CHECK("started again", start_resident());
    CHECK("twice changes nothing", resident_start() == 0);
    CHECK("a refusal", give_order(RESIDENT_ORDER_HOOK) &&
                           control_block.stage == POOL_STAGE_PREPARED && NO_LINE());
    hook_status = 0;
    CHECK("another try", give_order(RESIDENT_ORDER_NONE) && give_order(RESIDENT_ORDER_HOOK) &&
                             control_block.stage == POOL_STAGE_HOOKED);
    unlink(native_resident.log_file);
}

/* A flood of wake-ups fills the pipe. */
static void test_flood(void) {
    char bytes[4096] = {0};
    char path[96];
    int file, step;
    group_begin("a flood of wake-ups");
    snprintf(path, sizeof path, "%s/%u", of_resident("fd"), control_block.wake_descriptor);
    file = open(path, O_WRONLY | O_NONBLOCK);
    for (step = 0; step < 1000; step++)
        (void)!write(file, bytes, sizeof bytes);
    close(file);
    CHECK("answers", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK);
}

static void test_fork(void) {
    int status = -1;
    pid_t child;
    group_begin("fork");
    child = fork();
    if (child == 0) {
        uint32_t before;
        int fine = control_block.resident_pid != (uint32_t)getpid();
        struct MailboxBody old = request_of(777);
        alarm(60);
        post(3, 777, &old); /* to the parent, as it were */
        before = RESETS();
        fine = fine && start_resident() && RESETS() == before;
        fine = fine && ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK;
        _exit(fine ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK("a child can have its own", status == 0);
    CHECK("the parent's is there", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK);
}

/* ---- programs that come to an end ---- */

static sigjmp_buf recovery;
static int frames_in_handler;

static void recover(int signal) {
    (void)signal;
    siglongjmp(recovery, 1);
}

static void recover_with_facts(int signal, siginfo_t *info, void *context) {
    (void)context;
#ifdef HAS_BACKTRACE
    void *frames[64];
    frames_in_handler = backtrace(frames, 64);
#endif
    siglongjmp(recovery, signal == SIGSEGV && info->si_addr == (void *)16 ? 2 : 1);
}

static volatile uint32_t *nowhere = (volatile uint32_t *)16;

static __attribute__((noinline, no_sanitize("undefined"))) void fault(void) { *nowhere = 1; }

static void handle(int signal, void (*handler)(int), void (*with_facts)(int, siginfo_t *, void *)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (with_facts != NULL) {
        action.sa_sigaction = with_facts;
        action.sa_flags = SA_SIGINFO;
    } else {
        action.sa_handler = handler;
    }
    sigaction(signal, &action, NULL);
}

/* Exceptions that the program handles. Returns 0 if all is as it should be. */
static int handle_exceptions(void) {
    const struct ResidentExceptions *seen = (const void *)reply.data;
    volatile int frames_before = -1, landed, step;
    handle(SIGSEGV, NULL, recover_with_facts);
    handle(SIGFPE, recover, NULL);
    if (sigsetjmp(recovery, 1) == 0)
        fault();
    frames_before = frames_in_handler;
    if (ask_word(RESIDENT_EXCEPTIONS, 0) != RESIDENT_OK || seen->count != 0)
        return 11;
    landed = sigsetjmp(recovery, 1);
    if (landed == 0)
        fault();
    if (landed != 2 || frames_in_handler != frames_before)
        return 12;
    if (sigsetjmp(recovery, 1) == 0)
        raise(SIGFPE);
    if (ask_word(RESIDENT_EXCEPTIONS, 0) != RESIDENT_OK || seen->count != 2)
        return 13;
    if (seen->seen[0].kind != RESIDENT_ACCESS_VIOLATION || seen->seen[0].unused != 0 ||
        seen->seen[0].address < ADDRESS(fault) || seen->seen[0].address > ADDRESS(fault) + 400 ||
        seen->seen[1].kind != RESIDENT_ARITHMETIC)
        return 14;
    for (step = 0; step < 20; step++)
        if (sigsetjmp(recovery, 1) == 0)
            raise(SIGFPE);
    if (ask_word(RESIDENT_EXCEPTIONS, 0) != RESIDENT_OK || seen->count != RESIDENT_EXCEPTION_LIMIT)
        return 15;
    return 0;
}

static void *speak_later(void *unused) {
    sleep_ms(300);
    printf("said at the end");
    return unused;
}

static void end_by_threads(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, speak_later, NULL);
    pthread_exit(NULL);
}

static void *change_user(void *unused) {
    return setresuid(getuid(), geteuid(), (uid_t)-1) == 0 && setgid(getgid()) == 0 ? unused : NULL;
}

/* From now on these two calls fail. */
static void forbid_calls(uint32_t one, uint32_t other, uint32_t error) {
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, one, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof instructions / sizeof *instructions,
                                .filter = instructions};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        _exit(20);
}

/* Returns 0 if all is as it should be. */
static int run_restricted(int may_unshare) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 21;
    forbid_calls(CLOSE_RANGE_CALL, may_unshare ? CLOSE_RANGE_CALL : SYS_unshare,
                 may_unshare ? ENOSYS : EPERM);
    if (!start_resident() || ask(RESIDENT_FACTS, NULL, 0) != RESIDENT_OK)
        return 22;
    if (may_unshare ? !has_pipe_alone() : control_block.wake_descriptor != 0)
        return 23;
    return ends_when_closed(ends) ? 0 : 24;
}

/* In a process of its own, with a resident. */
static int run_program(const char *name) {
    pthread_t first; /* with which glibc unblocks the signals of its own */
    alarm(60);
    pthread_create(&first, NULL, change_user, NULL);
    pthread_join(first, NULL);
    describe_pool();
    if (strcmp(name, "old-system") == 0 || strcmp(name, "sandbox") == 0)
        return run_restricted(strcmp(name, "sandbox") != 0);
    if (strcmp(name, "uncountable") == 0)
        native_thread_count = NULL;
    if (!start_resident() || !give_order(RESIDENT_ORDER_HOOK))
        return 10;
    resident_release();
    if (strcmp(name, "exceptions") == 0)
        return handle_exceptions();
    if (strcmp(name, "threads") == 0 || strcmp(name, "uncountable") == 0)
        end_by_threads();
    if (strcmp(name, "user") == 0) {
        pthread_t thread;
        void *result = NULL;
        alarm(10);
        pthread_create(&thread, NULL, change_user, &native_resident);
        pthread_join(thread, &result);
        return result == &native_resident ? 0 : 16;
    }
    if (ask_word(RESIDENT_EXCEPTIONS, 0) != RESIDENT_OK)
        return 17;
    if (strcmp(name, "fault") == 0)
        fault();
    if (strcmp(name, "sent") == 0)
        raise(SIGSEGV);
    if (strcmp(name, "ignored") == 0) {
        signal(SIGSEGV, SIG_IGN);
        raise(SIGSEGV);
        return 0;
    }
    if (strcmp(name, "abort") == 0)
        abort();
    return 18;
}

static char said[256];

/* Runs this program as one of those above. Returns how it ended. */
static int end_of(const char *program, const char *name) {
    int ends[2], status = -1;
    ssize_t length, total = 0;
    pid_t child;
    pipe(ends);
    child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execl(program, program, name, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    while ((length = read(ends[0], said + total, sizeof said - 1 - (size_t)total)) > 0)
        total += length;
    said[total] = 0;
    close(ends[0]);
    waitpid(child, &status, 0);
    return status;
}

static int dies_of(const char *program, const char *name, int signal) {
    int status = end_of(program, name);
    return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

static void test_ends(const char *program) {
    group_begin("ends of programs");
#ifdef __SANITIZE_THREAD__
    puts("left out: after pthread_exit of the main thread a thread of the sanitizer keeps any "
         "program from its end");
#else
    CHECK("after pthread_exit of the main thread, the last thread's",
          end_of(program, "threads") == 0);
    if (native_thread_count != NULL)
        CHECK("with what its streams held", strcmp(said, "said at the end") == 0);
    CHECK("also if the library's count can't be reached", end_of(program, "uncountable") == 0);
#endif
    CHECK("own descriptors before Linux 5.9", end_of(program, "old-system") == 0);
    CHECK("no descriptors in a sandbox that forbids it", end_of(program, "sandbox") == 0);
    CHECK("another thread changes the user", end_of(program, "user") == 0);
    CHECK("exceptions that the program handles", end_of(program, "exceptions") == 0);
    CHECK("a fault", dies_of(program, "fault", SIGSEGV));
    CHECK("a signal that was sent", dies_of(program, "sent", SIGSEGV));
    CHECK("one that is ignored", end_of(program, "ignored") == 0);
    CHECK("abort", dies_of(program, "abort", SIGABRT));
}

static void test_thread(const char *program) {
    test_descriptors();
    test_sleep();
    test_restart();
    test_flood();
    test_fork();
    CHECK("stopped at last", stop_resident());
    test_ends(program);
}

#endif
