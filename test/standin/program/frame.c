#include "frame.h"

#include "ai.h"
#include "cells.h"
#include "churn.h"
#include "clock.h"
#include "doomed.h"
#include "fate.h"
#include "findings.h"
#include "io.h"
#include "loading.h"
#include "misuse.h"
#include "scrap_use.h"
#include "settings.h"
#include "upkeep.h"
#include "variables.h"
#include "world.h"

#define PURGE_EVERY    400 /* frames */
#define MISUSE_EVERY   32
#define DESTROYED_MOST 100000 /* psycho: of a purge of 20 cells, in one frame */

/* How a frame's calls are shared out; a step of churn is about 1.2 of them. */
#define MAIN_PERCENT   20
#define AI_PERCENT     15
#define STREAM_PERCENT 15
#define CELLS_PERCENT  8

static struct Churn main_churn = {.sender = -1};
static uint32_t calls_in_frame;
static volatile uint32_t frame_number;
static uint32_t compactions;
static struct FrameTimes times;

static void run_parts(struct Main *main);
static uint32_t percent(uint32_t share) { return calls_in_frame * share / 100; }

void frame_construct(uint32_t seed, uint32_t calls) {
    calls_in_frame = calls;
    io_start(seed + 1);
    ai_construct(seed + 2, percent(AI_PERCENT));
}

uint32_t frames_done(void) { return frame_number; }

struct FrameTimes frame_times(void) { return times; }

void frame_times_reset(void) { memset(&times, 0, sizeof times); }

uint32_t frame_compactions(void) { return compactions; }

void frame_check_blocks(void) {
    churn_check(&main_churn);
    ai_check();
    cells_check();
    doomed_check();
    world_check();
}

void __thiscall vanilla_frame(struct Main *main) {
    uint64_t began = clock_us();
    uint32_t taken;
    require_main_thread("the frame function");
    if (main != MAIN)
        note_finding(VIOLATION, "the frame function has another object", main, 0);
    fate_meet();
    run_parts(main);
    frame_number++;
    taken = (uint32_t)(clock_us() - began);
    times.frames++;
    times.sum += taken;
    times.longest = taken > times.longest ? taken : times.longest;
}

static void run_parts(struct Main *main) {
    game.frame_io();
    game.frame_compact();
    game.frame_destruction();
    game.frame_ai_start();
    game.frame_render();
    game.frame_after_render(main);
    game.frame_ai_join();
    upkeep_frame();
}

void __cdecl vanilla_frame_io(void) {
    struct Actor *actor = actor_here();
    const struct IoResult *result = io_result();
    if (result != 0) {
        if (result->kind == IO_STREAM)
            world_adopt(actor, result->blocks, result->count);
        else
            loading_adopt(actor, result);
        io_release();
    }
    loading_step(actor);
    if (!io_is_idle() || loading_begin_task())
        return;
    io_begin((struct IoTask){.kind = IO_STREAM, .count = percent(STREAM_PERCENT)});
}

void __cdecl vanilla_frame_compact(void) {
    if (MEMORY_HEAP->compact_trigger == 0)
        return;
    MEMORY_HEAP->compact_trigger = 0;
    game.scrap_manager_release(game.scrap_manager());
    compactions++;
}

/* Nobody but this thread uses the heap while blocks are misused. */
void __cdecl vanilla_frame_destruction(void) {
    struct Actor *actor = actor_here();
    if (frame_number % PURGE_EVERY == PURGE_EVERY - 1)
        world_purge(actor);
    doomed_destroy(actor, DESTROYED_MOST);
    if (settings.misuse != 0 && frame_number % MISUSE_EVERY == 0) {
        io_settle();
        misuse_heap(actor);
    }
}

void __cdecl vanilla_frame_ai_start(void) {
    AI_THREADS_RUN = 1;
    ai_start();
}

void __cdecl vanilla_frame_render(void) {
    struct Actor *actor = actor_here();
    churn_work(actor, &main_churn, percent(MAIN_PERCENT));
    scrap_use(actor);
    game.frame_present();
}

void __cdecl vanilla_present(void) { LOOP_VALUE++; }

void __thiscall vanilla_frame_after_render(struct Main *main) {
    (void)main;
    cells_turn_over(actor_here(), percent(CELLS_PERCENT));
}

void __cdecl vanilla_frame_ai_join(void) {
    ai_join();
    AI_THREADS_RUN = 0;
}
