/* SPDX-License-Identifier: MIT */
/* Functions in pages of code, the plan that rewrites them, and the threads that run through them
 * meanwhile. Each function returns its generation, a number that every round of writing raises by
 * one in all of them at once. */
#ifndef POOLNV_TEST_PATCH_CODE_H
#define POOLNV_TEST_PATCH_CODE_H

#include "../fixtures/targets/portable.h"

#include "check.h"
#include "control.h"
#include "patch/patch.h"
#include "patch/suspend.h"

#define LOAD(word)         __atomic_load_n(&(word), __ATOMIC_SEQ_CST)
#define STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_SEQ_CST)
#define ADD(word, amount)  __atomic_fetch_add(&(word), (amount), __ATOMIC_SEQ_CST)

struct PatchPlan native_plan;
struct PoolControl native_control;

/* ---- pages ---- */

#define PAGE  4096u
#define PAGES 2u /* of code; the page after them is not mapped */

static uint8_t *pages;

#ifdef _WIN32
#define PROTECTION_OF_CODE PAGE_EXECUTE_READ

static void map_pages(void) {
    pages = VirtualAlloc(0, (PAGES + 1) * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    VirtualAlloc(pages, PAGES * PAGE, MEM_COMMIT, PAGE_READWRITE);
}

static void protect_pages(void) {
    DWORD before;
    VirtualProtect(pages, PAGES * PAGE, PROTECTION_OF_CODE, &before);
}

static int has_protection_of_code(const uint8_t *page) {
    MEMORY_BASIC_INFORMATION range;
    return VirtualQuery(page, &range, sizeof range) == sizeof range &&
           range.Protect == PROTECTION_OF_CODE;
}
#else
#include <stdio.h>
#include <sys/mman.h>
#define PROTECTION_OF_CODE (PROT_READ | PROT_EXEC)

char native_task_folder[32];

static void map_pages(void) {
    pages =
        mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + PAGES * PAGE, PAGE);
}

static void protect_pages(void) { mprotect(pages, PAGES * PAGE, PROTECTION_OF_CODE); }

static int has_protection_of_code(const uint8_t *page) {
    char line[512], access[5];
    unsigned long long first, end, wanted = (uintptr_t)page;
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%llx-%llx %4s", &first, &end, access) == 3 && wanted >= first &&
            wanted < end)
            found = strcmp(access, "r-xp") == 0;
    fclose(maps);
    return found;
}
#endif

static int pages_have_their_protection(void) {
    uint32_t i;
    for (i = 0; i < PAGES; i++)
        if (!has_protection_of_code(pages + i * PAGE))
            return 0;
    return 1;
}

/* ---- functions ---- */

#define FUNCTIONS 6u
#define LENGTH    8u /* three times nop and mov eax, imm32: four places to be suspended at */
#define VALUE_AT  4u

static uint32_t generation = 1;

static uint8_t *address_of(uint32_t function) {
    return pages + function % PAGES * PAGE + 64 * (1 + function / PAGES);
}

static void write_code(uint8_t *code, uint32_t value) {
    static const uint8_t nops_and_mov[VALUE_AT] = {0x90, 0x90, 0x90, 0xb8};
    memcpy(code, nops_and_mov, VALUE_AT);
    memcpy(code + VALUE_AT, &value, sizeof value);
}

static uint32_t call(uint32_t function) {
    return ((uint32_t(*)(void))(uintptr_t)address_of(function))();
}

/* A function that does not return before the word that its argument points at is set: then 1, or 2
 * when it has been rewritten. The loop is inside the site, and not at its first byte. */
#ifdef __x86_64__
static const uint8_t waiting_code[] = {0x90,                         /*    nop */
                                       0x83, 0x3f, 0x00,             /* 1: cmp dword [rdi], 0 */
                                       0x74, 0xfb,                   /*    jz 1b */
                                       0xb8, 0x01, 0x00, 0x00, 0x00, /*    mov eax, 1 */
                                       0xc3};
#define WAITING_LENGTH 6u
#else
static const uint8_t waiting_code[] = {0x8b, 0x44, 0x24, 0x04,       /*    mov eax, [esp + 4] */
                                       0x83, 0x38, 0x00,             /* 1: cmp dword [eax], 0 */
                                       0x74, 0xfb,                   /*    jz 1b */
                                       0xb8, 0x01, 0x00, 0x00, 0x00, /*    mov eax, 1 */
                                       0xc3};
#define WAITING_LENGTH 9u
#endif
static const uint8_t rewritten_code[WAITING_LENGTH] = {0xb8, 0x02, 0x00, 0x00, 0x00, 0xc3};

static uint8_t *waiting_address(void) { return address_of(FUNCTIONS); }

static uint32_t call_waiting(uint32_t *released) {
    return ((uint32_t(*)(uint32_t *))(uintptr_t)waiting_address())(released);
}

static void make_functions(void) {
    uint32_t i;
    map_pages();
    memset(pages, 0xcc, PAGES * PAGE);
    for (i = 0; i < FUNCTIONS; i++) {
        write_code(address_of(i), generation);
        address_of(i)[LENGTH] = 0xc3; /* ret */
    }
    memcpy(waiting_address(), waiting_code, sizeof waiting_code);
    protect_pages();
}

/* ---- the plan ---- */

static uint8_t task_stack[256 * 1024] __attribute__((aligned(16)));
static uint8_t pages_before[PAGES * PAGE];

/* Raises the generation of all functions. */
static void plan_round(void) {
    uint32_t i;
    native_plan.site_count = FUNCTIONS;
    for (i = 0; i < FUNCTIONS; i++) {
        struct PatchSite *site = &native_plan.sites[i];
        site->address = (uintptr_t)address_of(i);
        site->length = LENGTH;
        site->protection = PROTECTION_OF_CODE;
        write_code(site->before, generation);
        write_code(site->after, generation + 1);
    }
}

static struct PatchSite *add_site(uint8_t *address, uint32_t length) {
    struct PatchSite *site = &native_plan.sites[native_plan.site_count++];
    site->address = (uintptr_t)address;
    site->length = length;
    site->protection = PROTECTION_OF_CODE;
    return site;
}

static void set_stage(uint32_t stage) {
    memcpy(pages_before, pages, sizeof pages_before);
    native_plan.stack_top = (uintptr_t)(task_stack + sizeof task_stack);
    native_plan.system_error = 0;
    native_plan.stalled_ns = 0;
    native_control.stage = stage;
}

/* Carries the plan out, as it is called in a process that has a prepared pool. */
static int32_t write_hooks(void) {
    set_stage(POOL_STAGE_PREPARED);
    return pool_write_hooks();
}

/* As it is called before the pool is prepared. */
static int32_t rehearse_hooks(void) {
    set_stage(POOL_STAGE_EMPTY);
    return pool_rehearse_hooks();
}

static int functions_return(uint32_t wanted) {
    uint32_t i;
    for (i = 0; i < FUNCTIONS; i++)
        if (call(i) != wanted)
            return 0;
    return 1;
}

/* One round of writing; whether it did all that it should. */
static int raise_generation(void) {
    plan_round();
    if (write_hooks() != PATCH_DONE || native_control.stage != POOL_STAGE_HOOKED)
        return 0;
    generation++;
    return functions_return(generation);
}

/* Of a write that was refused. */
static void check_nothing_changed(int32_t status, int32_t wanted) {
    CHECK("the status is returned", status == wanted);
    CHECK("the status is in the control block", native_control.patch_status == wanted);
    CHECK("it may be tried again", native_control.stage == POOL_STAGE_PREPARED);
    CHECK("no byte was written", memcmp(pages, pages_before, sizeof pages_before) == 0);
    CHECK("the pages have their protection", pages_have_their_protection());
}

/* ---- threads that run through the functions ---- */

#define WORKERS 3

static struct Worker {
    thread_t thread;
    uint32_t rounds; /* through all functions */
    uint32_t torn;   /* times that a function was older than one called before it */
    uint32_t id;     /* Linux: of the thread */
} workers[WORKERS];

static uint32_t stopping;

THREAD_BODY(run_through, argument) {
    struct Worker *worker = argument;
    uint32_t last = 0, i;
#ifndef _WIN32
    STORE(worker->id, (uint32_t)gettid());
#endif
    while (!LOAD(stopping)) {
        for (i = 0; i < FUNCTIONS; i++) {
            uint32_t value = call(i);
            if (value < last)
                worker->torn++;
            last = value;
        }
        ADD(worker->rounds, 1);
    }
    THREAD_END;
}

/* Whether it goes twice through all functions within five seconds. */
static int runs_on(struct Worker *worker) {
    uint32_t before = LOAD(worker->rounds), started = now_us();
    while (LOAD(worker->rounds) - before < 2) {
        if (now_us() - started > 5000000)
            return 0;
        sleep_ms(1);
    }
    return 1;
}

static int all_run_on(void) {
    uint32_t i;
    for (i = 0; i < WORKERS; i++)
        if (!runs_on(&workers[i]))
            return 0;
    return 1;
}

static void start_workers(void) {
    uint32_t i;
    for (i = 0; i < WORKERS; i++)
        start_thread(&workers[i].thread, run_through, &workers[i]);
    CHECK("the threads run", all_run_on());
}

static void end_workers(void) {
    uint32_t i;
    STORE(stopping, 1);
    for (i = 0; i < WORKERS; i++) {
        join_thread(workers[i].thread);
        CHECK("a thread that saw a new function saw no old one after it", workers[i].torn == 0);
    }
}

#endif
