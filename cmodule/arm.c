#include "arm.h"
#include "control.h"

#define ARM_TRIES    400
#define ARM_PAUSE_NS 500000

#define PLAN    ((struct ArmPlan *)(uintptr_t)POOLNV_ARM_PLAN)
#define CONTROL ((struct PoolControl *)(uintptr_t)POOLNV_CONTROL)

/*
 * Stops every thread but the caller, calls write_sites() if no thread stands inside a site, and
 * lets all run on. Takes no lock and calls nothing but the kernel between the first stop and the
 * last release, because a stopped thread may hold any lock there is. Returns an enum ArmStatus;
 * ARM_WOULD_NOT_STOP may be retried.
 */
static int32_t stop_and_write(struct ArmPlan *plan);

static int32_t unlock_pages(struct ArmPlan *plan);
static void relock_pages(struct ArmPlan *plan);
static void pause_between_tries(void);
static int sites_are_as_planned(struct ArmPlan *plan);

static int32_t write_plan(struct ArmPlan *plan);
static int enter_stage(uint32_t from, uint32_t to);

int32_t pool_arm(void) {
    struct PoolControl *control = CONTROL;
    struct ArmPlan *plan = PLAN;
    if (!enter_stage(POOL_STAGE_PREPARED, POOL_STAGE_ARMING))
        return ARM_NOT_TRIED;
    control->arm_status = write_plan(plan);
    control->stalled_ns = plan->stalled_ns;
    control->stopped_threads = plan->threads;
    control->arm_retries = plan->retries;
    enter_stage(POOL_STAGE_ARMING,
                control->arm_status == ARM_DONE ? POOL_STAGE_ARMED : POOL_STAGE_PREPARED);
    return control->arm_status;
}

static int32_t write_plan(struct ArmPlan *plan) {
    int32_t status = unlock_pages(plan);
    if (status == ARM_DONE) {
        for (plan->retries = 0; plan->retries < ARM_TRIES; plan->retries++) {
            status = stop_and_write(plan);
            if (status != ARM_WOULD_NOT_STOP)
                break;
            pause_between_tries();
        }
    }
    relock_pages(plan);
    return status;
}

/* Two consoles may arm at the same moment: one of them wins. */
static int enter_stage(uint32_t from, uint32_t to) {
    uint32_t *stage = &CONTROL->stage; /* TinyCC can't take a constant address as an operand */
    uint32_t seen = from;
    __asm__ __volatile__("lock; cmpxchgl %2, %1"
                         : "+a"(seen), "+m"(*stage)
                         : "r"(to)
                         : "memory", "cc");
    return seen == from;
}

/* Runs with the threads stopped. */
static int32_t write_sites(struct ArmPlan *plan) {
    uint32_t i, j;
    if (!sites_are_as_planned(plan))
        return ARM_SITE_CHANGED;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)site->address;
        for (j = 0; j < site->length; j++)
            code[j] = site->after[j];
    }
    return ARM_DONE;
}

static int sites_are_as_planned(struct ArmPlan *plan) {
    uint32_t i, j;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)site->address;
        for (j = 0; j < site->length; j++)
            if (code[j] != site->before[j])
                return 0;
    }
    return 1;
}

/* A thread at the first byte of a site is as safe as one before it: it executes either the old or
 * the new code. */
static int stands_inside_a_site(struct ArmPlan *plan, uint64_t instruction_pointer) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        struct ArmSite *site = &plan->sites[i];
        if (instruction_pointer > site->address &&
            instruction_pointer < site->address + site->length)
            return 1;
    }
    return 0;
}
