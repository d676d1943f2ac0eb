/*
 * The patch: what arming writes, and what it found out while doing so.
 *
 * The agent fills the plan before anything is stopped; pool_arm() carries it out once. The plan is
 * fixed width, so that the agent lays it out the same way in 32-bit and 64-bit targets
 * (agent/generated/layout.ts).
 */
#ifndef POOLNV_ARM_H
#define POOLNV_ARM_H

#include <stdint.h>

/* Sites: two C runtimes of Windows with 22 functions each, and a game with one of its own (10), its
 * heap (5), its scrap heaps (6) and 16 patches beside them. Bytes: the longest of those patches has
 * 30. */
#define ARM_SITE_LIMIT   96
#define ARM_PATCH_LIMIT  32
#define ARM_THREAD_LIMIT 4096

/* One prologue to overwrite with a jump, or other bytes to change. */
struct ArmSite {
    uint64_t address;    /* first byte of the function */
    uint32_t length;     /* bytes that change, at most ARM_PATCH_LIMIT */
    uint32_t protection; /* of the page, in the system's own numbers, restored after the patch */
    uint8_t before[ARM_PATCH_LIMIT]; /* expected: anything else means that somebody else patched
                                        meanwhile */
    uint8_t after[ARM_PATCH_LIMIT];
};

enum ArmStatus {
    ARM_DONE = 0,
    ARM_NOT_TRIED = 1,
    ARM_SITE_CHANGED = 2, /* a prologue no longer has the bytes of the plan: nothing was written */
    ARM_NOT_WRITABLE =
        3, /* the system refused to make a page of code writable: nothing was written */
    ARM_MAY_NOT_STOP = 4, /* the system forbids stopping the threads (a debugger, Yama, seccomp) */
    ARM_WOULD_NOT_STOP =
        5, /* some thread kept running or stayed inside a site through every retry */
    ARM_TOO_MANY_THREADS = 6
};

struct ArmPlan {
    uint32_t site_count;
    int32_t status;      /* enum ArmStatus */
    uint32_t threads;    /* stopped in the try that succeeded */
    uint32_t retries;    /* tries before it */
    uint64_t stalled_ns; /* longest time the threads stood still in any one try */
    uint64_t stack_top;  /* Linux: end of a stack of at least 64 KB for the stopping task, 16-byte
                            aligned */
    uint32_t released;   /* Linux: set once the stopping task may begin */
    int32_t system_error;
    struct ArmSite sites[ARM_SITE_LIMIT];
    uint64_t thread[ARM_THREAD_LIMIT];       /* scratch: thread ids (Linux) or handles (Windows) */
    uint32_t thread_state[ARM_THREAD_LIMIT]; /* scratch: 0 asked to stop, 1 stopped, 2 gone; signal
                                                << 8 */
};

/*
 * Writes every site of the plan with all other threads stopped: all of them or none. Leaves stage,
 * status and measurements in the control block. Called by an agent's own thread; only one call ever
 * does anything, the others return ARM_NOT_TRIED. Returns an enum ArmStatus.
 */
int32_t pool_arm(void);

#endif
