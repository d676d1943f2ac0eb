/* SPDX-License-Identifier: MIT */
/* Suspends the threads of this process with ntdll's own calls, which allocate nothing and take no
 * lock of the process. NtGetContextThread also waits until the suspension, which is asynchronous,
 * has happened. */
#include "suspend.h"

#ifdef POOLNV_WINDOWS

/* A native build has the system's headers, so that a value below that differs from theirs is an
 * error: the text is compiled in a process that has no headers. */
#ifdef POOLNV_PATCH_NATIVE
#include <stddef.h>
#include <windows.h>
#endif

#define NT __attribute__((stdcall))

/* winnt.h, ntstatus.h */
#define THREAD_SUSPEND_RESUME    (0x0002)
#define THREAD_GET_CONTEXT       (0x0008)
#define THREAD_QUERY_INFORMATION (0x0040)
#define PAGE_EXECUTE_READWRITE   0x40
#define CONTEXT_i386             0x00010000
#ifndef CONTEXT_CONTROL /* the header's has a type that TinyCC does not know */
#define CONTEXT_CONTROL (CONTEXT_i386 | 0x00000001)
#endif
#define THREAD_ACCESS          (THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_QUERY_INFORMATION)
#define STATUS_NO_MORE_ENTRIES ((int32_t)0x8000001A)
#define NtCurrentProcess()     ((void *)(intptr_t)-1)

/* winnt.h, struct _CONTEXT of 32-bit programs, as far as it is read here */
struct ContextI386 {
    uint32_t ContextFlags;
    uint8_t before_eip[180];
    uint32_t Eip;
    uint8_t after_eip[528];
};

#ifdef POOLNV_PATCH_NATIVE
_Static_assert(sizeof(struct ContextI386) == sizeof(CONTEXT), "the size of CONTEXT");
_Static_assert(offsetof(struct ContextI386, Eip) == offsetof(CONTEXT, Eip), "CONTEXT.Eip");
_Static_assert(CONTEXT_CONTROL == (CONTEXT_i386 | 1), "CONTEXT_CONTROL");
#endif

#define nt_get_next_thread                                                                         \
    ((int32_t(NT *)(void *, void *, uint32_t, uint32_t, uint32_t, void **))(                       \
        uintptr_t)POOLNV_NT_GET_NEXT_THREAD)
#define nt_suspend_thread ((int32_t(NT *)(void *, uint32_t *))(uintptr_t)POOLNV_NT_SUSPEND_THREAD)
#define nt_resume_thread  ((int32_t(NT *)(void *, uint32_t *))(uintptr_t)POOLNV_NT_RESUME_THREAD)
#define nt_resume_process ((int32_t(NT *)(void *))(uintptr_t)POOLNV_NT_RESUME_PROCESS)
#define nt_get_context    ((int32_t(NT *)(void *, void *))(uintptr_t)POOLNV_NT_GET_CONTEXT_THREAD)
#define nt_close          ((int32_t(NT *)(void *))(uintptr_t)POOLNV_NT_CLOSE)
#define nt_delay          ((int32_t(NT *)(uint8_t, int64_t *))(uintptr_t)POOLNV_NT_DELAY_EXECUTION)
#define get_thread_id     ((uint32_t(NT *)(void *))(uintptr_t)POOLNV_GET_THREAD_ID)
#define current_thread_id ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_CURRENT_THREAD_ID)
#define virtual_protect                                                                            \
    ((int32_t(NT *)(void *, uintptr_t, uint32_t, uint32_t *))(uintptr_t)POOLNV_VIRTUAL_PROTECT)
#define performance_counter   ((int32_t(NT *)(int64_t *))(uintptr_t)POOLNV_PERFORMANCE_COUNTER)
#define performance_frequency ((int32_t(NT *)(int64_t *))(uintptr_t)POOLNV_PERFORMANCE_FREQUENCY)

/* The threads of the plan, in this order: suspended ones, those that were ending and could not be
 * suspended, and those of which there is only a handle. */
struct Suspension {
    struct PatchPlan *plan;
    uint32_t suspended; /* number of the first kind */
    uint32_t ending;    /* number of the second kind */
};

static int32_t suspend_all(struct Suspension *suspension);
static int32_t open_new_threads(struct Suspension *suspension);
static void suspend_opened(struct Suspension *suspension);
static int are_all_suspended(const struct Suspension *suspension);
static int32_t check_registers(const struct Suspension *suspension);
static void resume_all(const struct Suspension *suspension);
static void close_handles(const struct Suspension *suspension);
static int is_known(const struct PatchPlan *plan, uint32_t id);
static uint64_t in_nanoseconds(uint32_t ticks);

/* Under Wine every call is a message to another process, which competes for processors with the
 * threads that still run. So there are handles of all threads before the first is suspended, and
 * one call resumes all. */
int32_t pool_suspend_and_write(struct PatchPlan *plan) {
    struct Suspension suspension;
    int64_t started, ended;
    uint64_t suspended_ns;
    int32_t status;
    suspension.plan = plan;
    suspension.suspended = suspension.ending = 0;
    plan->threads = 0;
    status = open_new_threads(&suspension);
    performance_counter(&started);
    if (status == PATCH_DONE)
        status = suspend_all(&suspension);
    if (status == PATCH_DONE)
        status = check_registers(&suspension);
    if (status == PATCH_DONE)
        status = pool_write_sites(plan);
    resume_all(&suspension);
    performance_counter(&ended);
    close_handles(&suspension);
    plan->threads = suspension.suspended;
    suspended_ns = in_nanoseconds((uint32_t)(ended - started));
    if (suspended_ns > plan->stalled_ns)
        plan->stalled_ns = suspended_ns;
    return status;
}

/* Threads may start while others are being suspended, so the list is walked until it has no new
 * one. */
static int32_t suspend_all(struct Suspension *suspension) {
    suspend_opened(suspension);
    while (!are_all_suspended(suspension)) {
        uint32_t known = suspension->plan->threads;
        int32_t status = open_new_threads(suspension);
        if (status != PATCH_DONE)
            return status;
        if (suspension->plan->threads == known)
            break; /* the others have ended, and a handle of them is open */
        suspend_opened(suspension);
    }
    return PATCH_DONE;
}

/* TinyCC has no 64-bit division on i386, the processor has one of 64 by 32 bits. Exact to a
 * microsecond. */
static uint64_t in_nanoseconds(uint32_t ticks) {
    int64_t frequency;
    uint32_t per_second, microseconds = 1000000, high;
    performance_frequency(&frequency);
    per_second = (uint32_t)frequency;
    __asm__("mull %2\n\tdivl %3"
            : "+a"(microseconds), "=&d"(high)
            : "r"(ticks), "r"(per_second)
            : "cc");
    return (uint64_t)microseconds * 1000u;
}

/* Adds handles of all threads but the caller and those that have one. */
static int32_t open_new_threads(struct Suspension *suspension) {
    struct PatchPlan *plan = suspension->plan;
    uint32_t self = current_thread_id();
    void *previous = 0, *next = 0;
    int keep_previous = 1;
    int32_t walked;
    for (;;) {
        uint32_t id;
        walked = nt_get_next_thread(NtCurrentProcess(), previous, THREAD_ACCESS, 0, 0, &next);
        if (!keep_previous)
            nt_close(previous);
        if (walked != 0)
            break;
        previous = next;
        id = get_thread_id(next);
        keep_previous = id != self && !is_known(plan, id);
        if (!keep_previous)
            continue;
        if (plan->threads == PATCH_THREAD_LIMIT) {
            nt_close(next);
            return PATCH_TOO_MANY_THREADS;
        }
        plan->thread[plan->threads] = (uint64_t)(uintptr_t)next;
        plan->thread_state[plan->threads] = id;
        plan->threads++;
    }
    if (walked == STATUS_NO_MORE_ENTRIES)
        return PATCH_DONE;
    plan->system_error = walked;
    return PATCH_SUSPEND_DENIED;
}

static void suspend_opened(struct Suspension *suspension) {
    struct PatchPlan *plan = suspension->plan;
    uint32_t i;
    for (i = suspension->suspended + suspension->ending; i < plan->threads; i++) {
        uint64_t handle = plan->thread[i];
        uint32_t id = plan->thread_state[i];
        if (nt_suspend_thread((void *)(uintptr_t)handle, 0) != 0) {
            suspension->ending++;
            continue;
        }
        plan->thread[i] = plan->thread[suspension->suspended];
        plan->thread_state[i] = plan->thread_state[suspension->suspended];
        plan->thread[suspension->suspended] = handle;
        plan->thread_state[suspension->suspended] = id;
        suspension->suspended++;
    }
}

/* Whether the process has only the suspended threads and the caller. A suspended thread can't end,
 * so that counting is enough. */
static int are_all_suspended(const struct Suspension *suspension) {
    void *previous = 0, *next = 0;
    uint32_t count = 0;
    while (nt_get_next_thread(NtCurrentProcess(), previous, THREAD_ACCESS, 0, 0, &next) == 0) {
        if (previous != 0)
            nt_close(previous);
        previous = next;
        count++;
    }
    if (previous != 0)
        nt_close(previous);
    return count == suspension->suspended + 1;
}

static int is_known(const struct PatchPlan *plan, uint32_t id) {
    uint32_t i;
    for (i = 0; i < plan->threads; i++)
        if (plan->thread_state[i] == id)
            return 1;
    return 0;
}

static int32_t check_registers(const struct Suspension *suspension) {
    struct ContextI386 context;
    uint32_t i;
    for (i = 0; i < suspension->suspended; i++) {
        context.ContextFlags = CONTEXT_CONTROL;
        if (nt_get_context((void *)(uintptr_t)suspension->plan->thread[i], &context) != 0)
            continue; /* it has ended */
        if (pool_is_inside_site(suspension->plan, context.Eip))
            return PATCH_THREADS_BUSY;
    }
    return PATCH_DONE;
}

/* Resuming the process lowers every thread's suspend count by one, as suspending has raised it: a
 * thread that the program itself has suspended stays suspended. */
static void resume_all(const struct Suspension *suspension) {
    uint32_t i;
    if (suspension->suspended == 0 || nt_resume_process(NtCurrentProcess()) == 0)
        return;
    for (i = 0; i < suspension->suspended; i++)
        nt_resume_thread((void *)(uintptr_t)suspension->plan->thread[i], 0);
}

static void close_handles(const struct Suspension *suspension) {
    uint32_t i;
    for (i = 0; i < suspension->plan->threads; i++)
        nt_close((void *)(uintptr_t)suspension->plan->thread[i]);
}

int32_t pool_unprotect_sites(struct PatchPlan *plan) {
    uint32_t i, previous;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        if (!virtual_protect((void *)(uintptr_t)site->address, site->length, PAGE_EXECUTE_READWRITE,
                             &previous))
            return PATCH_NOT_WRITABLE;
    }
    return PATCH_DONE;
}

void pool_restore_protection(struct PatchPlan *plan) {
    uint32_t i, previous;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        virtual_protect((void *)(uintptr_t)site->address, site->length, site->protection,
                        &previous);
    }
}

void pool_pause_between_tries(void) {
    int64_t interval = -(int64_t)(PATCH_PAUSE_NS / 100); /* relative, in units of 100 ns */
    nt_delay(0, &interval);
}

#endif
