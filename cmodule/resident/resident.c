/* SPDX-License-Identifier: MIT */
#include "resident.h"

#include "memory.h"
#include "state.h"
#include "text.h"

#define NS_PER_HUNDREDTH_MS 10000u

static void begin(void);
static int follow_order(void);
static void write_hooks(void);

void resident_run(void) {
    struct PoolControl *control = resident_control();
    begin();
    while (follow_order()) {
        uint32_t milliseconds = RESIDENT_ORDER_MS;
        mailbox_scan();
        system_answer_file();
        if (RESIDENT_LOAD(control->stage) == POOL_STAGE_HOOKED) {
            monitors_start();
            milliseconds = monitors_run();
            if (milliseconds == RESIDENT_TICK_MS && system_is_alone())
                break;
        }
        system_wait(milliseconds);
    }
    RESIDENT_STORE(control->resident_pid, 0);
    system_end();
}

static void begin(void) {
    struct ResidentOwn *own = resident_own();
    struct PoolControl *control = resident_control();
    struct ResidentPool *pool = &own->pool;
    memset(&own->monitors, 0, sizeof own->monitors);
    pool->snapshot = (void (*)(struct PoolSnapshot *))(uintptr_t)control->snapshot;
    pool->set_active = (uint32_t(*)(uint32_t))(uintptr_t)control->set_active;
    pool->reset = (uint64_t(*)(void))(uintptr_t)control->reset;
    pool->write_hooks = (int32_t(*)(void))(uintptr_t)control->write_hooks;
    pool->main_thread =
        (uint32_t(*)(uint32_t, uint32_t, const char *))(uintptr_t)control->main_thread;
    pool->sampler_start = (uint32_t(*)(uint32_t))(uintptr_t)control->sampler_start;
    pool->sampler_read = (void (*)(void *, uint32_t))(uintptr_t)control->sampler_read;
    pool->sampler_tick = (uint32_t(*)(void))(uintptr_t)resident_state()->sampler_tick;
    mailbox_open();
    system_begin();
    RESIDENT_STORE(control->resident_pid, own->started_pid);
}

/* Returns 0 if the thread is to end. Once the hooks are written, it never does: no thread waits for
 * it, and its code stays in use. */
static int follow_order(void) {
    struct Resident *state = resident_state();
    uint32_t order = RESIDENT_LOAD(state->order);
    if (order == state->ordered || RESIDENT_LOAD(resident_control()->stage) == POOL_STAGE_HOOKED)
        return 1;
    if (order == RESIDENT_ORDER_HOOK)
        write_hooks();
    RESIDENT_STORE(state->ordered, order);
    return order != RESIDENT_ORDER_STOP;
}

static void write_hooks(void) {
    const struct PoolControl *control = resident_control();
    uint64_t rest;
    char line[128];
    struct Text text;
    if (resident_own()->pool.write_hooks() != 0)
        return; /* the agent says why */
    text_begin(&text, line, sizeof line);
    text_add(&text, "hooked: ");
    text_add_number(&text, control->suspended_threads);
    text_add(&text, " other threads were suspended for ");
    text_add_hundredths(&text, text_divide(control->stalled_ns + NS_PER_HUNDREDTH_MS / 2,
                                           NS_PER_HUNDREDTH_MS, &rest));
    text_add(&text, " ms (");
    text_add_number(&text, control->patch_retries);
    text_add(&text, " tries before)\n");
    resident_log(line, text_length(&text));
}
