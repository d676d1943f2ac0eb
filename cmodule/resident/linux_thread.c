/* SPDX-License-Identifier: MIT */
/* The thread is one of the C library's, which so knows that the program has more than one, and
 * changes its user and group with those of the others. */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

#define ATTRIBUTES_BYTES 128 /* more than any pthread_attr_t has */

#define create_thread                                                                              \
    ((int (*)(unsigned long *, const void *, void *(*)(void *), void *))(                          \
        uintptr_t)POOLNV_PTHREAD_CREATE)
#define join_thread      ((int (*)(unsigned long, void **))(uintptr_t)POOLNV_PTHREAD_JOIN)
#define detach_thread    ((int (*)(unsigned long))(uintptr_t)POOLNV_PTHREAD_DETACH)
#define begin_attributes ((int (*)(void *))(uintptr_t)POOLNV_PTHREAD_ATTR_INIT)
#define end_attributes   ((int (*)(void *))(uintptr_t)POOLNV_PTHREAD_ATTR_DESTROY)
#define set_stack_bytes                                                                            \
    ((int (*)(void *, unsigned long))(uintptr_t)POOLNV_PTHREAD_ATTR_SETSTACKSIZE)
#define first_signal_of_programs ((int (*)(void))(uintptr_t)POOLNV_SIGRTMIN)

#define FIRST_SIGNAL_OF_LIBRARY 32
#define LAST_SIGNAL_OF_LIBRARY  34

static int create_small(unsigned long *thread);
static void *run_thread(void *unused);
static void block_signals(uint32_t previous[2]);

int32_t resident_start(void) {
    struct ResidentOwn *own = resident_own();
    struct Resident *state = resident_state();
    struct PoolControl *control = resident_control();
    uint32_t pid = (uint32_t)linux_call(__NR_getpid), before = RESIDENT_LOAD(own->started_pid);
    uint32_t previous[2];
    unsigned long thread = 0;
    int error;
    if (before == pid || !resident_swap_if(&own->started_pid, before, pid))
        return 0; /* two hosts may find the same child without one */
    RESIDENT_STORE(state->order, RESIDENT_ORDER_NONE);
    RESIDENT_STORE(state->ordered, RESIDENT_ORDER_NONE);
    RESIDENT_STORE(control->wake_descriptor, 0);
    RESIDENT_STORE(control->wake_thread, 0);
    block_signals(previous);
    error = create_small(&thread);
    linux_call(__NR_rt_sigprocmask, (long)SIG_SETMASK, previous, 0l, (long)SIGSET_BYTES);
    state->thread = thread;
    if (error != 0)
        RESIDENT_STORE(own->started_pid, 0);
    return error;
}

void resident_join(void) {
    void *result;
    join_thread((unsigned long)resident_state()->thread, &result);
    RESIDENT_STORE(resident_own()->started_pid, 0);
}

void resident_release(void) { detach_thread((unsigned long)resident_state()->thread); }

/* The stack also holds the thread-local variables of the program's libraries: if they are many, the
 * usual size is needed. */
static int create_small(unsigned long *thread) {
    uint64_t attributes[ATTRIBUTES_BYTES / 8];
    int error = begin_attributes(attributes);
    if (error == 0) {
        error = set_stack_bytes(attributes, RESIDENT_STACK_BYTES);
        if (error == 0)
            error = create_thread(thread, attributes, run_thread, (void *)0);
        end_attributes(attributes);
    }
    return error == 0 ? 0 : create_thread(thread, (void *)0, run_thread, (void *)0);
}

/* For the thread, which inherits the mask: all but those by which the C library cancels threads and
 * changes the user of all of them. A thread that had them blocked would make that wait for ever. */
static void block_signals(uint32_t previous[2]) {
    uint32_t mask[2], signal;
    uint32_t end = (uint32_t)first_signal_of_programs();
    mask[0] = ~0u;
    mask[1] = ~0u;
    for (signal = FIRST_SIGNAL_OF_LIBRARY; signal < end && signal <= LAST_SIGNAL_OF_LIBRARY;
         signal++)
        mask[(signal - 1) / 32] &= ~(1u << (signal - 1) % 32);
    linux_call(__NR_rt_sigprocmask, (long)SIG_SETMASK, mask, previous, (long)SIGSET_BYTES);
}

static void *run_thread(void *unused) {
    (void)unused;
    resident_run();
    return (void *)0;
}

#endif
