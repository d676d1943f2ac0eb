/* SPDX-License-Identifier: MIT */
/* The resident: one small thread that stays in the program. It writes the hooks, answers the
 * mailbox, and does what is due at intervals. It sleeps until it is asked, or for RESIDENT_TICK_MS.
 *
 * Compiled on its own, after the pool and before the thread starts. It refers to nothing but its
 * own state, the control block, and functions of the system. It never allocates from the program's
 * heap, holds no lock of the system or of the C library while it waits, and blocks every signal
 * that the program could send.
 *
 * Macros that the agent defines: POOLNV_LINUX or POOLNV_WINDOWS; POOLNV_RESIDENT, the address of
 * struct Resident. On Linux addresses of functions of the C library, as it has them itself and not
 * as Frida has replaced them: POOLNV_PTHREAD_CREATE, POOLNV_PTHREAD_JOIN, POOLNV_PTHREAD_DETACH,
 * POOLNV_PTHREAD_ATTR_INIT, POOLNV_PTHREAD_ATTR_SETSTACKSIZE, POOLNV_PTHREAD_ATTR_DESTROY
 * (pthread_create and so on, of libpthread if that is another library), POOLNV_SIGRTMIN
 * (__libc_current_sigrtmin); and, if the library has it, POOLNV_NPTL_NTHREADS, the address of its
 * variable __nptl_nthreads. All other calls of Linux are the kernel's. */
#ifndef POOLNV_RESIDENT_H
#define POOLNV_RESIDENT_H

#include <stdint.h>

#include "../control.h"
#include "mailbox.h"

#define RESIDENT_STACK_BYTES 65536u
#define RESIDENT_TICK_MS     5000u /* between checks of what is due */
#define RESIDENT_ORDER_MS    5u    /* between checks for an order, before the hooks are written */
#define RESIDENT_POLL_MS     100u  /* between checks of the mailbox if no host can wake it */

/* What the agent wants of it. Only until the hooks are written. */
enum ResidentOrder {
    RESIDENT_ORDER_NONE,
    RESIDENT_ORDER_HOOK, /* write the hooks: calls PoolControl.write_hooks, which leaves its status
                            and the stage in the control block */
    RESIDENT_ORDER_STOP, /* end the thread */
};

/* In memory of its own, zeroed, aligned to a page. The agent fills in the first part before it
 * calls anything, and `control` before resident_start(). */
struct Resident {
    /* The mailbox for hosts that reach the program's memory. */
    struct Mailbox mailbox;
    uint64_t control; /* address of the control block; the agent */
    uint32_t order;   /* enum ResidentOrder; the agent */
    uint32_t ordered; /* the last order that was carried out; the resident */
    /* Windows: values of handles, 0 if none. Linux: thread is the pthread_t. */
    uint64_t thread; /* resident_start() */
    uint32_t
        trim_idle_seconds;    /* without growth until free memory is returned, 0 never; the agent */
    uint32_t loading_flag;    /* offset of the game's loading flag in its save manager; the agent */
    uint64_t loading_manager; /* address of the pointer to it, 0 if there is none; the agent */
    uint64_t sampler_tick;    /* address of pool_sampler_tick; the agent */
    uint32_t is_wine;         /* Windows; the agent */
    uint32_t unused;
    char log_file[1024]; /* path of the log in UTF-8, empty for none; the agent. On Windows: */
    uint16_t log_file_wide[1024];
    uint16_t mailbox_file[1024];   /* Windows: path of the file, empty for none; the agent */
    uint16_t mailbox_folder[1024]; /* Windows: in which the host's wake file appears; the agent */
    uint64_t scratch[8192];        /* the resident's own; its variables follow it */
    uint8_t own[8192];
};

/* Starts the thread and waits for nothing. Called by the agent, or in a forked child whose parent
 * had a resident. Returns 0, or the system's error. */
int32_t resident_start(void);

/* Waits until the thread has ended, after RESIDENT_ORDER_STOP. Called by the agent. */
void resident_join(void);

/* Gives up the right to join. Called by the agent, once the hooks are written. */
void resident_release(void);

/* Appends text to the log: UTF-8 lines, each ended by \n; each gets a time stamp. Does nothing
 * without a log. Never follows a link at the end of the path, writes to no special file but a
 * device in a directory that only its owner may write to, and to no file that another user may have
 * created. Any thread. Returns 1 if it was written. */
int32_t resident_log(const char *lines, uint32_t bytes);

#endif
