#ifdef POOLNV_WINDOWS
/*
 * Stops the threads of this process with ntdll's own calls, which allocate nothing and take no lock
 * of the process. GetThreadContext also waits until the suspension, which is asynchronous, has
 * really happened.
 */
#include "arm.h"

#define NT __attribute__((stdcall))

/* winnt.h */
#define THREAD_RIGHTS           (0x0002 | 0x0008 | 0x0040) /* suspend and resume, get context, query */
#define CURRENT_PROCESS         ((void *)(intptr_t)-1)
#define PAGE_READ_WRITE_EXECUTE 0x40
#define STATUS_NO_MORE_ENTRIES  ((int32_t)0x8000001a)
#define CONTEXT_CONTROL_I386    0x00010001
#define CONTEXT_BYTES_I386      716
#define CONTEXT_EIP_I386        184 /* offset of CONTEXT.Eip */

#define PAGE_BYTES 4096u

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

/* The threads of the plan, in this order: suspended ones, those that were ending when we came to
 * suspend them, and opened ones. */
struct Stop {
    struct ArmPlan *plan;
    uint32_t suspended; /* how many are */
    uint32_t ending;    /* how many could not be any more */
};

static int32_t stop_all(struct Stop *stop);
static int32_t open_new_threads(struct Stop *stop);
static void suspend_opened(struct Stop *stop);
static int is_everybody_suspended(const struct Stop *stop);
static int32_t check_registers(const struct Stop *stop);
static void let_all_run(const struct Stop *stop);
static void close_all(const struct Stop *stop);
static int is_known(const struct ArmPlan *plan, uint32_t id);
static uint64_t in_nanoseconds(uint32_t ticks);

/*
 * Under Wine every call is a message to another process, which competes for processors with the
 * threads that still run. So all threads are known by handle before the first of them is
 * suspended, and one call lets all of them run on.
 */
static int32_t stop_and_write(struct ArmPlan *plan) {
    struct Stop stop;
    int64_t started, ended;
    uint64_t held;
    int32_t status;
    stop.plan = plan;
    stop.suspended = stop.ending = 0;
    plan->threads = 0;
    status = open_new_threads(&stop);
    performance_counter(&started);
    if (status == ARM_DONE)
        status = stop_all(&stop);
    if (status == ARM_DONE)
        status = check_registers(&stop);
    if (status == ARM_DONE)
        status = write_sites(plan);
    let_all_run(&stop);
    performance_counter(&ended);
    close_all(&stop);
    plan->threads = stop.suspended;
    held = in_nanoseconds((uint32_t)(ended - started));
    if (held > plan->stalled_ns)
        plan->stalled_ns = held;
    return status;
}

/* Threads may be born while others are being suspended, so the list is walked until it has nobody
 * new. */
static int32_t stop_all(struct Stop *stop) {
    suspend_opened(stop);
    while (!is_everybody_suspended(stop)) {
        uint32_t known = stop->plan->threads;
        int32_t status = open_new_threads(stop);
        if (status != ARM_DONE)
            return status;
        if (stop->plan->threads == known)
            break; /* the others have ended, and somebody keeps a handle of them */
        suspend_opened(stop);
    }
    return ARM_DONE;
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

/* Handles of all threads but the caller and those that are known already. */
static int32_t open_new_threads(struct Stop *stop) {
    struct ArmPlan *plan = stop->plan;
    uint32_t self = current_thread_id();
    void *previous = 0, *next = 0;
    int keep_previous = 1;
    int32_t walked;
    for (;;) {
        uint32_t id;
        walked = nt_get_next_thread(CURRENT_PROCESS, previous, THREAD_RIGHTS, 0, 0, &next);
        if (!keep_previous)
            nt_close(previous);
        if (walked != 0)
            break;
        previous = next;
        id = get_thread_id(next);
        keep_previous = id != self && !is_known(plan, id);
        if (!keep_previous)
            continue;
        if (plan->threads == ARM_THREAD_LIMIT) {
            nt_close(next);
            return ARM_TOO_MANY_THREADS;
        }
        plan->thread[plan->threads] = (uint64_t)(uintptr_t)next;
        plan->thread_state[plan->threads] = id;
        plan->threads++;
    }
    if (walked == STATUS_NO_MORE_ENTRIES)
        return ARM_DONE;
    plan->system_error = walked;
    return ARM_MAY_NOT_STOP;
}

static void suspend_opened(struct Stop *stop) {
    struct ArmPlan *plan = stop->plan;
    uint32_t i;
    for (i = stop->suspended + stop->ending; i < plan->threads; i++) {
        uint64_t handle = plan->thread[i];
        uint32_t id = plan->thread_state[i];
        if (nt_suspend_thread((void *)(uintptr_t)handle, 0) != 0) {
            stop->ending++;
            continue;
        }
        plan->thread[i] = plan->thread[stop->suspended];
        plan->thread_state[i] = plan->thread_state[stop->suspended];
        plan->thread[stop->suspended] = handle;
        plan->thread_state[stop->suspended] = id;
        stop->suspended++;
    }
}

/* Whether there is nobody but them and the caller. A suspended thread can't end, so counting tells.
 */
static int is_everybody_suspended(const struct Stop *stop) {
    void *previous = 0, *next = 0;
    uint32_t count = 0;
    while (nt_get_next_thread(CURRENT_PROCESS, previous, THREAD_RIGHTS, 0, 0, &next) == 0) {
        if (previous != 0)
            nt_close(previous);
        previous = next;
        count++;
    }
    if (previous != 0)
        nt_close(previous);
    return count == stop->suspended + 1;
}

static int is_known(const struct ArmPlan *plan, uint32_t id) {
    uint32_t i;
    for (i = 0; i < plan->threads; i++)
        if (plan->thread_state[i] == id)
            return 1;
    return 0;
}

static int32_t check_registers(const struct Stop *stop) {
    uint32_t context[CONTEXT_BYTES_I386 / 4 + 1];
    uint32_t i;
    for (i = 0; i < stop->suspended; i++) {
        context[0] = CONTEXT_CONTROL_I386;
        if (nt_get_context((void *)(uintptr_t)stop->plan->thread[i], context) != 0)
            continue; /* it has ended */
        if (stands_inside_a_site(stop->plan, context[CONTEXT_EIP_I386 / 4]))
            return ARM_WOULD_NOT_STOP;
    }
    return ARM_DONE;
}

/* Resuming the process lowers every thread's count by one, as suspending has raised it: what the
 * program itself has suspended stays so. */
static void let_all_run(const struct Stop *stop) {
    uint32_t i;
    if (stop->suspended == 0 || nt_resume_process(CURRENT_PROCESS) == 0)
        return;
    for (i = 0; i < stop->suspended; i++)
        nt_resume_thread((void *)(uintptr_t)stop->plan->thread[i], 0);
}

static void close_all(const struct Stop *stop) {
    uint32_t i;
    for (i = 0; i < stop->plan->threads; i++)
        nt_close((void *)(uintptr_t)stop->plan->thread[i]);
}

static int32_t unlock_pages(struct ArmPlan *plan) {
    uint32_t i, previous;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        if (!virtual_protect((void *)(uintptr_t)site->address, site->length,
                             PAGE_READ_WRITE_EXECUTE, &previous))
            return ARM_NOT_WRITABLE;
    }
    return ARM_DONE;
}

static void relock_pages(struct ArmPlan *plan) {
    uint32_t i, previous;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        virtual_protect((void *)(uintptr_t)site->address, site->length, site->protection,
                        &previous);
    }
}

static void pause_between_tries(void) {
    int64_t interval = -(int64_t)(ARM_PAUSE_NS / 100); /* relative, in units of 100 ns */
    nt_delay(0, &interval);
}

#endif
