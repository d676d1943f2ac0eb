/* SPDX-License-Identifier: MIT */
/* Between the files of the Linux half. */
#ifndef POOLNV_RESIDENT_LINUX_H
#define POOLNV_RESIDENT_LINUX_H

#include "../platform/kernel_linux.h"
#include "state.h"

/* A call of the kernel: its result, or the error as a negative number. Takes up to six arguments,
 * each a long or a pointer. Touches no errno: the C library may belong to a thread that is in any
 * state. Any thread. */
long linux_call(long number, ...);

#define WATCHED_SIGNALS 5

/* The kernel's struct sigaction. */
struct linux_action {
    uintptr_t handler;
    unsigned long flags;
    uintptr_t restorer;
    uint32_t mask[2];
};

struct linux_variables {
    uint32_t wake_read, wake_write; /* ends of the pipe, 0 if there is none */
    uint32_t is_uncounted;          /* 1 while the C library does not count this thread */
    uint32_t unused;
    struct linux_action replaced[WATCHED_SIGNALS]; /* by the handlers of exceptions */
};

_Static_assert(sizeof(struct linux_variables) <= sizeof(((struct ResidentOwn *)0)->system),
               "the variables fit");

static inline struct linux_variables *linux_own(void) {
    return (struct linux_variables *)(void *)resident_own()->system;
}

#endif
