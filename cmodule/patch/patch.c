/* SPDX-License-Identifier: MIT */
#include "../control.h"
#include "patch.h"
#include "suspend.h"

#define PATCH_TRIES 400

#define PLAN    ((struct PatchPlan *)(uintptr_t)POOLNV_PATCH_PLAN)
#define CONTROL ((struct PoolControl *)(uintptr_t)POOLNV_CONTROL)

static int32_t write_plan(struct PatchPlan *plan);
static int enter_stage(uint32_t from, uint32_t to);
static int sites_are_as_planned(const struct PatchPlan *plan);

int32_t pool_write_hooks(void) {
    struct PoolControl *control = CONTROL;
    struct PatchPlan *plan = PLAN;
    if (!enter_stage(POOL_STAGE_PREPARED, POOL_STAGE_PATCHING))
        return PATCH_NOT_TRIED;
    control->patch_status = write_plan(plan);
    control->stalled_ns = plan->stalled_ns;
    control->suspended_threads = plan->threads;
    control->patch_retries = plan->retries;
    enter_stage(POOL_STAGE_PATCHING,
                control->patch_status == PATCH_DONE ? POOL_STAGE_HOOKED : POOL_STAGE_PREPARED);
    return control->patch_status;
}

int32_t pool_rehearse_hooks(void) {
    struct PatchPlan *plan = PLAN;
    int32_t status;
    plan->rehearsal = 1;
    status = write_plan(plan);
    plan->rehearsal = 0;
    return status;
}

int32_t pool_give_up_hooks(void) {
    const struct PoolControl *control = CONTROL;
    enter_stage(POOL_STAGE_PREPARED, POOL_STAGE_EMPTY);
    return control->stage == POOL_STAGE_EMPTY;
}

/* Two hosts may install at the same moment: one of them wins. */
static int enter_stage(uint32_t from, uint32_t to) {
    uint32_t *stage = &CONTROL->stage; /* TinyCC can't take a constant address as an operand */
    uint32_t seen = from;
    __asm__ __volatile__("lock; cmpxchgl %2, %1"
                         : "+a"(seen), "+m"(*stage)
                         : "r"(to)
                         : "memory", "cc");
    return seen == from;
}

static int32_t write_plan(struct PatchPlan *plan) {
    int32_t status = pool_unprotect_sites(plan);
    if (status == PATCH_DONE) {
        for (plan->retries = 0; plan->retries < PATCH_TRIES; plan->retries++) {
            status = pool_suspend_and_write(plan);
            if (status != PATCH_THREADS_BUSY)
                break;
            pool_pause_between_tries();
        }
    }
    pool_restore_protection(plan);
    return status;
}

int32_t pool_write_sites(struct PatchPlan *plan) {
    uint32_t i, j;
    if (!sites_are_as_planned(plan))
        return PATCH_SITE_CHANGED;
    if (plan->rehearsal)
        return PATCH_DONE;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        volatile uint8_t *code = (volatile uint8_t *)(uintptr_t)site->address;
        for (j = 0; j < site->length; j++)
            code[j] = site->after[j];
    }
    return PATCH_DONE;
}

static int sites_are_as_planned(const struct PatchPlan *plan) {
    uint32_t i, j;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        const volatile uint8_t *code = (const volatile uint8_t *)(uintptr_t)site->address;
        for (j = 0; j < site->length; j++)
            if (code[j] != site->before[j])
                return 0;
    }
    return 1;
}

int pool_is_inside_site(const struct PatchPlan *plan, uint64_t instruction_pointer) {
    uint32_t i;
    for (i = 0; i < plan->site_count; i++) {
        const struct PatchSite *site = &plan->sites[i];
        if (instruction_pointer > site->address &&
            instruction_pointer < site->address + site->length)
            return 1;
    }
    return 0;
}
