#include "reports.h"

#include "actor.h"
#include "answers.h"
#include "cells.h"
#include "console.h"
#include "findings.h"
#include "frame.h"
#include "held.h"
#include "io.h"
#include "loading.h"
#include "misuse.h"
#include "text.h"
#include "variables.h"

static void say_calls(const struct Calls *calls);
static void say_line(const char *line);

#define ADD(name) sum += calls.name;

void report_check(void) {
    struct Calls calls;
    uint64_t sum, reads, lost;
    io_settle();
    frame_check_blocks();
    held_check();
    loading_check_blocks();
    calls = actors_calls();
    actors_stale(&reads, &lost);
    say_number("corruptions", finding_count(CORRUPTION));
    say_number("wrong", finding_count(WRONG));
    say_number("violations", finding_count(VIOLATION));
    say_number("stale_reads", reads);
    say_number("stale_lost", lost);
    say_number("frames", frames_done());
    sum = 0;
    CRT_CALLS(ADD)
    say_number("crt_calls", sum);
    sum = 0;
    HEAP_CALLS(ADD)
    say_number("heap_calls", sum);
    sum = 0;
    SCRAP_CALLS(ADD)
    say_number("scrap_calls", sum);
    say_number("misuses", misuses());
    say_number("cells", cells_count());
    say_number("held", held_count());
    end_answer();
}

void report_calls(void) {
    struct Calls calls;
    io_settle();
    calls = actors_calls();
    say_calls(&calls);
}

void report_vanilla(void) {
    struct Calls calls;
    io_settle();
    calls = actors_arrivals();
    say_calls(&calls);
}

void report_fault(void) {
    say(first_finding());
    end_answer();
}

void report_times(void) {
    struct FrameTimes times = frame_times();
    uint32_t rest;
    say_number("frames", times.frames);
    say_number("mean_us", times.frames == 0 ? 0 : divide(times.sum, times.frames, &rest));
    say_number("longest_us", times.longest);
    end_answer();
}

void report_state(void) {
    const struct Loaded *last = loading_last();
    say_number("frame", frames_done());
    say_number("loading", SAVE_MANAGER->loading);
    say_number("loads", last->loads);
    say_number("load_ms", last->milliseconds);
    say_number("load_frames", last->frames);
    say_number("loaded_blocks", last->blocks);
    say_number("loaded_bytes", last->bytes);
    say_number("dropped_lines", console_dropped_lines());
    say_number("compactions", frame_compactions());
    say("last_loaded=");
    say_quoted(last->name);
    end_answer();
}

static unsigned lines_said;

void report_console(void) {
    lines_said = 0;
    say("[");
    console_take_lines(say_line);
    say("]");
    end_answer();
}

static void say_line(const char *line) {
    if (lines_said++ != 0)
        say(",");
    say_quoted(line);
}

#define SAY(name) say_number(#name, calls->name);

static void say_calls(const struct Calls *calls) {
    ALL_CALLS(SAY)
    end_answer();
}
