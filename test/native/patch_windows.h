/* SPDX-License-Identifier: MIT */
/* What only Windows has: suspended threads that the program has suspended itself. */
#ifndef POOLNV_TEST_PATCH_WINDOWS_H
#define POOLNV_TEST_PATCH_WINDOWS_H

#include "patch_code.h"

static void test_system_begin(void) {}

static void test_system(void) {
    struct Worker *worker = &workers[0];
    uint64_t random = 20240917;
    uint32_t before, i;

    group_begin("a thread that the program has suspended");
    SuspendThread(worker->thread);
    for (i = 0; i < 50; i++) { /* until it is suspended outside of every site */
        plan_round();
        if (write_hooks() == PATCH_DONE)
            break;
        ResumeThread(worker->thread);
        sleep_ms(1 + next_random(&random) % 3);
        SuspendThread(worker->thread);
    }
    CHECK("the hooks are written", native_control.stage == POOL_STAGE_HOOKED);
    generation++;
    CHECK("the functions are new", functions_return(generation));
    before = LOAD(worker->rounds);
    sleep_ms(50);
    CHECK("it is still suspended", LOAD(worker->rounds) == before);
    CHECK("once", ResumeThread(worker->thread) == 1);
    CHECK("it runs on when it is resumed", all_run_on());
}

#endif
