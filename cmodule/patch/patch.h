/* SPDX-License-Identifier: MIT */
/* Writing the hooks: the plan that says which bytes change, and how the write went.
 *
 * The agent fills the plan before any thread is suspended; pool_write_hooks() carries it out once.
 * The plan is fixed width, so that the agent lays it out the same way in 32-bit and 64-bit
 * processes (shared/layout.ts). */
#ifndef POOLNV_PATCH_H
#define POOLNV_PATCH_H

#include <stdint.h>

/* Two C runtimes of Windows with 22 functions and 3 import slots each, and a game with one of its
 * own (10), its heap (5), its scrap heaps (6) and 16 patches: 87. */
#define PATCH_SITE_LIMIT 96

/* Of one site. The longest patch of a game has 30. */
#define PATCH_BYTES_LIMIT 32

/* A test may set its own. */
#ifndef PATCH_THREAD_LIMIT
#define PATCH_THREAD_LIMIT 4096
#endif

/* The start of a function, to be overwritten with a jump; a slot of an import table, to be
 * overwritten with an address; or other bytes to change. */
struct PatchSite {
    uint64_t address;    /* first byte that changes */
    uint32_t length;     /* bytes that change, at most PATCH_BYTES_LIMIT */
    uint32_t protection; /* of the page, in the system's own numbers; restored after the write */
    uint8_t before[PATCH_BYTES_LIMIT]; /* expected: other bytes mean that another tool patched them
                                          after the plan was made */
    uint8_t after[PATCH_BYTES_LIMIT];
};

/* Every status but PATCH_DONE means that nothing was written. */
enum PatchStatus {
    PATCH_DONE = 0,
    PATCH_NOT_TRIED = 1,        /* another call is writing, or has written */
    PATCH_SITE_CHANGED = 2,     /* a site no longer has the bytes of the plan */
    PATCH_NOT_WRITABLE = 3,     /* the system refused to make a page of code writable */
    PATCH_SUSPEND_DENIED = 4,   /* the system forbids it: a debugger, Yama, seccomp */
    PATCH_THREADS_BUSY = 5,     /* in every try, a thread kept running or was inside a site */
    PATCH_TOO_MANY_THREADS = 6, /* more than PATCH_THREAD_LIMIT */
};

struct PatchPlan {
    uint32_t site_count;
    int32_t status;      /* enum PatchStatus */
    uint32_t threads;    /* suspended in the last try */
    uint32_t retries;    /* tries before it */
    uint64_t stalled_ns; /* longest time the threads were suspended in any one try */
    uint64_t stack_top;  /* Linux: end of a stack of at least 64 KB for the suspending task, 16-byte
                            aligned; the agent's */
    uint32_t released;   /* Linux: set once the suspending task may begin */
    int32_t
        system_error;   /* errno (Linux) or NTSTATUS (Windows) of what the system refused, else 0 */
    uint32_t rehearsal; /* 1 during pool_rehearse_hooks() */
    uint32_t unused;    /* the next field is at a multiple of 8 */
    struct PatchSite sites[PATCH_SITE_LIMIT];
    uint64_t thread[PATCH_THREAD_LIMIT]; /* scratch: thread ids (Linux) or handles (Windows) */
    uint32_t thread_state[PATCH_THREAD_LIMIT]; /* scratch: a state and a signal (Linux) or a thread
                                                  id (Windows) */
};

/* Writes every site of the plan while all other threads are suspended: all of them or none. Leaves
 * stage, status and measurements in the control block. Called by a thread of the agent. Once it has
 * succeeded, and while another call is under way, it does nothing and returns PATCH_NOT_TRIED.
 * Returns an enum PatchStatus. */
int32_t pool_write_hooks(void);

/* Does all that pool_write_hooks() does but the write itself, so that what the system refuses is
 * known while everything can still be given back. Called by a thread of the agent, before the stage
 * is POOL_STAGE_PREPARED. Returns an enum PatchStatus. */
int32_t pool_rehearse_hooks(void);

/* Gives a prepared pool up: its hooks can't be written any more. Returns 0 if they are written, or
 * are being written at this moment, else 1. Any thread. */
int32_t pool_give_up_hooks(void);

#endif
