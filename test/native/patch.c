/* SPDX-License-Identifier: MIT */
/* Hooks are written in functions that threads run through, by the code that does it in a program:
 * on Linux with ptrace, on Windows with ntdll. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread -DPATCH_THREAD_LIMIT=64
 *     patch.c ../../cmodule/patch/patch.c ../../cmodule/patch/suspend_linux.c -o patch
 *   ./patch
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   zig cc -target x86-linux-musl -static in place of cc: in 32 bits
 *   zig cc -target x86-windows-gnu, with suspend_windows.c: in 32-bit Windows */
#include "patch_code.h"

#ifdef _WIN32
#include "patch_windows.h"
#else
#include "patch_linux.h"
#endif

#define ROUNDS 100

static void test_rounds(void) {
    uint32_t i, written = 0, suspended = 0;
    uint64_t stalled = 0, random = 20240917;

    group_begin("all sites are written while threads run through them");
    for (i = 0; i < ROUNDS; i++) {
        written += (uint32_t)raise_generation();
        suspended += native_control.suspended_threads >= WORKERS;
        if (native_control.stalled_ns > stalled)
            stalled = native_control.stalled_ns;
        sleep_ms(next_random(&random) % 3);
        if (i % 10 == 0)
            CHECK("the threads run on", all_run_on());
    }
    CHECK("every round is written", written == ROUNDS);
    CHECK("every thread was suspended", suspended == ROUNDS);
    CHECK("the time that they were suspended is measured", stalled > 0);
    CHECK("the pages have their protection", pages_have_their_protection());
}

static void test_once(void) {
    group_begin("written once");
    CHECK("a second call does nothing", pool_write_hooks() == PATCH_NOT_TRIED);
    CHECK("the hooks stay", native_control.stage == POOL_STAGE_HOOKED);
    native_control.stage = POOL_STAGE_PATCHING;
    CHECK("a call during another does nothing", pool_write_hooks() == PATCH_NOT_TRIED);
    CHECK("the functions are as they were", functions_return(generation));
}

static void check_rehearsal(int32_t wanted) {
    CHECK("the status is returned", rehearse_hooks() == wanted);
    CHECK("the stage is as before", native_control.stage == POOL_STAGE_EMPTY);
    CHECK("no byte was written", memcmp(pages, pages_before, sizeof pages_before) == 0);
    CHECK("the pages have their protection", pages_have_their_protection());
    CHECK("the threads run on", all_run_on());
}

static void test_rehearsal(void) {
    group_begin("a rehearsal");
    plan_round();
    check_rehearsal(PATCH_DONE);
    CHECK("every thread was suspended", native_plan.threads >= WORKERS);
    native_plan.sites[FUNCTIONS - 1].before[LENGTH - 1] ^= 1;
    check_rehearsal(PATCH_SITE_CHANGED);
    plan_round();
    add_site(pages + PAGES * PAGE + 64, LENGTH);
    check_rehearsal(PATCH_NOT_WRITABLE);
    CHECK("after it the sites are written", raise_generation());
}

static void test_given_up(void) {
    group_begin("a prepared pool that is given up");
    plan_round();
    set_stage(POOL_STAGE_PREPARED);
    CHECK("it can be", pool_give_up_hooks() == 1);
    CHECK("its hooks are not written then", pool_write_hooks() == PATCH_NOT_TRIED);
    CHECK("no byte was written", memcmp(pages, pages_before, sizeof pages_before) == 0);
    CHECK("it can be again", pool_give_up_hooks() == 1);
    set_stage(POOL_STAGE_PATCHING);
    CHECK("not while the hooks are written", pool_give_up_hooks() == 0);
    CHECK("the stage is as before", native_control.stage == POOL_STAGE_PATCHING);
    CHECK("the hooks are written", raise_generation());
    CHECK("not with hooks", pool_give_up_hooks() == 0);
    CHECK("the hooks stay", native_control.stage == POOL_STAGE_HOOKED);
}

static void test_changed_site(void) {
    group_begin("a site whose bytes are not those of the plan");
    plan_round();
    native_plan.sites[FUNCTIONS - 1].before[LENGTH - 1] ^= 1;
    check_nothing_changed(write_hooks(), PATCH_SITE_CHANGED);
    CHECK("the threads run on", all_run_on());
    CHECK("with the right bytes it is written", raise_generation());
}

static void test_page_that_is_not_writable(void) {
    group_begin("a site in a page that can't be made writable");
    plan_round();
    add_site(pages + PAGES * PAGE + 64, LENGTH);
    check_nothing_changed(write_hooks(), PATCH_NOT_WRITABLE);
    CHECK("the threads run on", all_run_on());
    CHECK("without that site it is written", raise_generation());
}

/* ---- a thread inside a site ---- */

static struct Waiting {
    thread_t thread;
    uint32_t begun, released, result;
} waiting;

THREAD_BODY(wait_inside, unused) {
    (void)unused;
    STORE(waiting.begun, 1);
    waiting.result = call_waiting(&waiting.released);
    THREAD_END;
}

/* Lets the waiting thread out of its site when the third try has begun. */
THREAD_BODY(release_later, unused) {
    (void)unused;
    while (LOAD(native_plan.retries) < 2)
        sleep_ms(1);
    STORE(waiting.released, 1);
    THREAD_END;
}

static void start_waiting(void) {
    memset(&waiting, 0, sizeof waiting);
    start_thread(&waiting.thread, wait_inside, NULL);
    while (!LOAD(waiting.begun))
        sleep_ms(1);
    sleep_ms(10);
}

static void plan_round_and_waiting(void) {
    struct PatchSite *site;
    plan_round();
    site = add_site(waiting_address(), WAITING_LENGTH);
    memcpy(site->before, waiting_code, WAITING_LENGTH);
    memcpy(site->after, rewritten_code, WAITING_LENGTH);
}

static void test_thread_that_stays(void) {
    group_begin("a thread that stays inside a site");
    start_waiting();
    plan_round_and_waiting();
    check_nothing_changed(write_hooks(), PATCH_THREADS_BUSY);
    CHECK("it was tried again and again", native_control.patch_retries >= 100);
    CHECK("the other threads run on", all_run_on());
    STORE(waiting.released, 1);
    join_thread(waiting.thread);
    CHECK("the thread came out of the old function", waiting.result == 1);
}

static void test_thread_that_leaves(void) {
    thread_t releasing;

    group_begin("a thread that leaves a site");
    start_waiting();
    plan_round_and_waiting();
    native_plan.retries = 0;
    start_thread(&releasing, release_later, NULL);
    CHECK("the sites are written", write_hooks() == PATCH_DONE);
    CHECK("after the thread has left", native_control.patch_retries >= 2);
    generation++;
    join_thread(releasing);
    join_thread(waiting.thread);
    CHECK("the thread came out of the old function", waiting.result == 1);
    CHECK("the next call is one of the new", call_waiting(&waiting.released) == 2);
    CHECK("the others are new, too", functions_return(generation));
    CHECK("the pages have their protection", pages_have_their_protection());
    CHECK("the threads run on", all_run_on());
}

/* ---- more threads than the plan takes ---- */

static signal_t may_end;

THREAD_BODY(wait_for_end, unused) {
    (void)unused;
    await_signal(&may_end);
    THREAD_END;
}

static void test_too_many_threads(void) {
    thread_t threads[PATCH_THREAD_LIMIT];
    uint32_t i;

    group_begin("more threads than can be suspended");
    create_signal(&may_end);
    for (i = 0; i < PATCH_THREAD_LIMIT; i++)
        start_thread(&threads[i], wait_for_end, NULL);
    plan_round();
    check_nothing_changed(write_hooks(), PATCH_TOO_MANY_THREADS);
    CHECK("the threads run on", all_run_on());
    for (i = 0; i < PATCH_THREAD_LIMIT; i++)
        raise_signal(&may_end);
    for (i = 0; i < PATCH_THREAD_LIMIT; i++)
        join_thread(threads[i]);
    CHECK("when they have ended it is written", raise_generation());
}

int main(void) {
    make_functions();
    test_system_begin();
    start_workers();
    test_rounds();
    test_once();
    test_rehearsal();
    test_given_up();
    test_changed_site();
    test_page_that_is_not_writable();
    test_thread_that_stays();
    test_thread_that_leaves();
    test_too_many_threads();
    test_system();
    end_workers();
    return check_end();
}
