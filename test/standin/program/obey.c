/*
 * The orders, one a line, answered with one line each:
 *
 *   pid               the process id, as Windows has it
 *   frames N          when so many more frames are done, as fast as they go: frames, and their
 * times run SECONDS       the same for a span of time; "stop" ends it, and has no answer of its own
 *   pause             stands still between two frames, all threads at rest, but for frames that are
 *                     ordered: what is counted then stays
 *   resume            goes on
 *   check             looks at every block: what went wrong so far, and how often what was called
 *   calls             how often each kind of function was called by the program's own work
 *   vanilla           how often each arrived in the vanilla code
 *   fault             the first thing that went wrong, in words; "none"
 *   hold N            takes so many more blocks of all sizes
 *   resize            gives half of these blocks another size
 *   harm              writes over one of them, as a faulty allocator would let it happen
 *   drop              checks them and frees them
 *   load NAME         runs `load "NAME"` as a script line; answers at the end of the loading
 *   state             frame, loading, what was loaded last
 *   console           the console's new lines, as a JSON array
 *   script TEXT       runs a script line; answers whether it could be done
 *   elsewhere TEXT    the same from another thread, which the game would not bear
 *   trampolines       calls every place that can be hooked, and again through trampolines
 *   peek ADDRESS N    so many bytes of memory; the address in hexadecimal
 *   compact           sets 0x011F636C, as who wants a cleaning up does
 *   quit
 */
#include "obey.h"

#include "actor.h"
#include "answers.h"
#include "clock.h"
#include "commands.h"
#include "findings.h"
#include "frame.h"
#include "held.h"
#include "io.h"
#include "loading.h"
#include "orders.h"
#include "reports.h"
#include "text.h"
#include "trampolines.h"
#include "variables.h"

#define PEEKED_MOST 4096
#define LINE_MOST   512

static void obey(const char *order);
static int is_at_work(void);

static void order_pid(const char *unused);
static void order_frames(const char *argument);
static void order_run(const char *argument);
static void order_stop(const char *unused);
static void order_pause(const char *unused);
static void order_resume(const char *unused);
static void order_check(const char *unused);
static void order_calls(const char *unused);
static void order_vanilla(const char *unused);
static void order_fault(const char *unused);
static void order_hold(const char *argument);
static void order_resize(const char *unused);
static void order_harm(const char *unused);
static void order_drop(const char *unused);
static void order_load(const char *argument);
static void order_state(const char *unused);
static void order_console(const char *unused);
static void order_script(const char *argument);
static void order_elsewhere(const char *argument);
static void order_trampolines(const char *unused);
static void order_peek(const char *argument);
static void order_compact(const char *unused);
static void order_quit(const char *unused);

static const struct {
    const char *name;
    void (*run)(const char *argument);
} orders[] = {
    {"pid", order_pid},
    {"frames", order_frames},
    {"run", order_run},
    {"stop", order_stop},
    {"pause", order_pause},
    {"resume", order_resume},
    {"check", order_check},
    {"calls", order_calls},
    {"vanilla", order_vanilla},
    {"fault", order_fault},
    {"hold", order_hold},
    {"resize", order_resize},
    {"harm", order_harm},
    {"drop", order_drop},
    {"load", order_load},
    {"state", order_state},
    {"console", order_console},
    {"script", order_script},
    {"elsewhere", order_elsewhere},
    {"trampolines", order_trampolines},
    {"peek", order_peek},
    {"compact", order_compact},
    {"quit", order_quit},
};

#define ORDERS (sizeof orders / sizeof orders[0])

/* What the order at work waits for. */
static enum { NOTHING, FRAMES, TIME, LOADING } awaited;
static uint32_t awaited_frame;
static uint64_t awaited_us;
static int paused;

void obey_orders(void) {
    const char *order;
    while (!is_at_work() && !command_wants_end()) {
        order = orders_next();
        if (order == 0) {
            if (orders_ended())
                command_run("quit");
            return;
        }
        obey(order);
    }
}

int obey_stands_still(void) { return paused && awaited == NOTHING; }

int obey_in_haste(void) { return awaited == FRAMES || awaited == TIME; }

/* Looks whether what is awaited has come, and answers then. */
static int is_at_work(void) {
    switch (awaited) {
    case FRAMES:
        if ((int32_t)(frames_done() - awaited_frame) < 0)
            return 1;
        report_times();
        break;
    case TIME:
        if (!orders_take("stop") && clock_us() < awaited_us)
            return 1;
        report_times();
        break;
    case LOADING:
        if (loading_is_going_on())
            return 1;
        report_state();
        break;
    case NOTHING:
        break;
    }
    awaited = NOTHING;
    return 0;
}

static void obey(const char *order) {
    uint32_t i, length = 0;
    while (order[length] != 0 && order[length] != ' ')
        length++;
    for (i = 0; i < ORDERS; i++) {
        if (strlen(orders[i].name) != length || !text_is_same(order, orders[i].name, length))
            continue;
        orders[i].run(order[length] == 0 ? order + length : order + length + 1);
        return;
    }
    say("unknown");
    end_answer();
}

static void order_pid(const char *unused) {
    (void)unused;
    say_number("pid", GetCurrentProcessId());
    end_answer();
}

static void order_frames(const char *argument) {
    awaited = FRAMES;
    awaited_frame = frames_done() + text_read_number(argument, 10, &argument);
    frame_times_reset();
}

static void order_run(const char *argument) {
    awaited = TIME;
    awaited_us = clock_us() + (uint64_t)text_read_number(argument, 10, &argument) * 1000000;
    frame_times_reset();
}

/* It came too late: what it should have stopped has been answered. */
static void order_stop(const char *unused) { (void)unused; }

static void order_pause(const char *unused) {
    (void)unused;
    paused = 1;
    io_settle();
    say("paused");
    end_answer();
}

static void order_resume(const char *unused) {
    (void)unused;
    paused = 0;
    say("resumed");
    end_answer();
}

static void order_check(const char *unused) {
    (void)unused;
    report_check();
}

static void order_calls(const char *unused) {
    (void)unused;
    report_calls();
}

static void order_vanilla(const char *unused) {
    (void)unused;
    report_vanilla();
}

static void order_fault(const char *unused) {
    (void)unused;
    report_fault();
}

static void order_hold(const char *argument) {
    say_number("taken", held_take(actor_here(), text_read_number(argument, 10, &argument)));
    end_answer();
}

static void order_resize(const char *unused) {
    (void)unused;
    say_number("resized", held_resize(actor_here()));
    end_answer();
}

static void order_harm(const char *unused) {
    (void)unused;
    say_number("harmed", held_harm());
    end_answer();
}

static void order_drop(const char *unused) {
    (void)unused;
    say_number("dropped", held_drop(actor_here()));
    say_number("corruptions", finding_count(CORRUPTION));
    end_answer();
}

static void order_load(const char *argument) {
    char line[LINE_MOST];
    struct Text text = TEXT_IN(line);
    text_add(&text, "load \"");
    text_add(&text, argument);
    text_add(&text, "\"");
    if (command_run_as_script(line)) {
        awaited = LOADING;
        return;
    }
    say("failed");
    end_answer();
}

static void order_state(const char *unused) {
    (void)unused;
    report_state();
}

static void order_console(const char *unused) {
    (void)unused;
    report_console();
}

static void order_script(const char *argument) {
    say_number("done", (uint64_t)command_run_as_script(argument));
    end_answer();
}

static DWORD WINAPI run_elsewhere(void *line) { return (DWORD)command_run_as_script(line); }

static void order_elsewhere(const char *argument) {
    HANDLE thread = CreateThread(0, 0, run_elsewhere, (void *)argument, 0, 0);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    say_number("violations", finding_count(VIOLATION));
    end_answer();
}

static void order_trampolines(const char *unused) {
    (void)unused;
    report_trampolines();
}

static void order_peek(const char *argument) {
    const uint8_t *at = (const uint8_t *)(uintptr_t)text_read_number(argument, 16, &argument);
    uint32_t i, count = text_read_number(argument, 10, &argument);
    for (i = 0; i < count && i < PEEKED_MOST; i++)
        say_hex(at[i], 2);
    end_answer();
}

static void order_compact(const char *unused) {
    (void)unused;
    MEMORY_HEAP->compact_trigger = 2;
    say("asked");
    end_answer();
}

static void order_quit(const char *unused) {
    (void)unused;
    command_run_as_script("QuitGame");
}
