/* SPDX-License-Identifier: MIT */
/* The main-thread queue of a game, with a simulated game that polls it once a frame. From this
 * folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread main_thread.c
 *       -o main_thread
 *   ./main_thread
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the thiscall members and the entry of the
 *   frame, on any x86-64 machine
 */
#include "vanilla.h"

static uintptr_t sim_queue;

#define POOLNV_MAIN_THREAD         sim_queue
#define GAME_CONSOLE_MANAGER       ((uintptr_t)sim_console_manager)
#define GAME_CONSOLE_PRINT         ((uintptr_t)sim_print)
#define GAME_SCRIPT_CONSTRUCT      ((uintptr_t)sim_construct)
#define GAME_SCRIPT_MARK_TEMPORARY ((uintptr_t)sim_mark_temporary)
#define GAME_SCRIPT_SET_TEXT       ((uintptr_t)sim_set_text)
#define GAME_SCRIPT_RUN            ((uintptr_t)sim_run)
#define GAME_SCRIPT_DESTROY        ((uintptr_t)sim_destroy)

static void **sim_console_manager(uint32_t create);
static uintptr_t THISCALL sim_print(void *console, uintptr_t format, uintptr_t arguments);
static uintptr_t THISCALL sim_construct(void *script);
static uintptr_t THISCALL sim_mark_temporary(void *script);
static uintptr_t THISCALL sim_set_text(void *script, uintptr_t text);
static uintptr_t THISCALL sim_run(void *script, uintptr_t context, uintptr_t one,
                                  uintptr_t reference);
static uintptr_t THISCALL sim_destroy(void *script);

/* The original of the frame function: a number, because it is part of assembly. */
#define ORIGINAL_frame 0x50000000

#include "hooks/main_thread.c"

/* ---- the simulated game ---- */

#define LINES 4096u

static struct {
    void *console[1]; /* its first field is the context of scripts */
    int has_no_console;
    uintptr_t ran;               /* what running a script returns */
    void (*while_it_runs)(void); /* called while a line runs */
    char steps[16];              /* of one script, a letter each */
    char lines[LINES][MAIN_THREAD_TEXT_BYTES];
    uint32_t line_count, wrong;
    pthread_t thread; /* the only one that may do anything of this */
} game_sim;

static void note_thread(void) { game_sim.wrong += !pthread_equal(game_sim.thread, pthread_self()); }

static void note_step(char letter) {
    size_t length = strlen(game_sim.steps);

    note_thread();
    if (length < sizeof game_sim.steps - 1)
        game_sim.steps[length] = letter;
}

static void note_line(const char *line) {
    note_thread();
    if (game_sim.line_count < LINES)
        strcpy(game_sim.lines[game_sim.line_count++], line);
}

static const char *last_line(void) {
    return game_sim.line_count == 0 ? "" : game_sim.lines[game_sim.line_count - 1];
}

static void **sim_console_manager(uint32_t create) {
    game_sim.wrong += create != 1;
    return game_sim.has_no_console ? NULL : game_sim.console;
}

static uintptr_t THISCALL sim_print(void *console, uintptr_t format, uintptr_t arguments) {
    game_sim.wrong += console != game_sim.console || strcmp((const char *)format, "%s") != 0;
    note_line(*(const char **)arguments);
    return 0;
}

static uintptr_t THISCALL sim_construct(void *script) {
    unsigned char *bytes = script;
    size_t at;

    for (at = 0; at < SCRIPT_BYTES; at++)
        game_sim.wrong += bytes[at] != 0;
    note_step('c');
    return 0;
}

static uintptr_t THISCALL sim_mark_temporary(void *script) {
    (void)script;
    note_step('m');
    return 0;
}

static uintptr_t THISCALL sim_set_text(void *script, uintptr_t text) {
    (void)script;
    note_step('t');
    note_line((const char *)text);
    return 0;
}

static uintptr_t THISCALL sim_run(void *script, uintptr_t context, uintptr_t one,
                                  uintptr_t reference) {
    (void)script;
    note_step('r');
    game_sim.wrong += (void *)context != game_sim.console[0] || one != 1 || reference != 0;
    if (game_sim.while_it_runs != NULL)
        game_sim.while_it_runs();
    return game_sim.ran;
}

static uintptr_t THISCALL sim_destroy(void *script) {
    (void)script;
    note_step('d');
    return 0;
}

static void open_game(void) {
    static struct MainThreadQueue queue;

    memset(&queue, 0, sizeof queue);
    memset(&game_sim, 0, sizeof game_sim);
    sim_queue = (uintptr_t)&queue;
    game_sim.console[0] = &queue;
    game_sim.ran = 1;
    game_sim.thread = pthread_self();
}

static uint32_t ask_print(const char *text) {
    return main_thread_queue(MAIN_THREAD_PRINT, 0, text);
}
static uint32_t ask_run(const char *line) { return main_thread_queue(MAIN_THREAD_RUN, 0, line); }
static uint32_t state_now(uint32_t ticket) {
    return main_thread_queue(MAIN_THREAD_STATE, ticket, NULL);
}
static uint32_t take_back(uint32_t ticket) {
    return main_thread_queue(MAIN_THREAD_CANCEL, ticket, NULL);
}

/* ---- one piece of work ---- */

static void test_frames(void) {
    uint32_t frame;

    group_begin("frames");
    open_game();
    for (frame = 0; frame < 5; frame++)
        main_thread_frame();
    CHECK("counted", main_thread_queue(MAIN_THREAD_FRAMES, 0, NULL) == 5);
    CHECK("nothing done without work", game_sim.line_count == 0 && game_sim.steps[0] == 0);
    CHECK("unknown tickets", state_now(0) == MAIN_THREAD_FREE &&
                                 state_now(77) == MAIN_THREAD_FREE && take_back(0) == 0 &&
                                 take_back(77) == 0);
    CHECK("an unknown order", main_thread_queue(99, 1, "x") == 0);
}

static void test_print(void) {
    char text[600], expected[MAIN_THREAD_TEXT_BYTES];
    uint32_t ticket;

    group_begin("printing");
    open_game();
    ticket = ask_print("100 % of %s and %n");
    CHECK("a ticket", ticket != 0 && state_now(ticket) == MAIN_THREAD_WAITING);
    CHECK("not before a frame", game_sim.line_count == 0);
    main_thread_frame();
    CHECK("done, as it is", state_now(ticket) == MAIN_THREAD_DONE && game_sim.line_count == 1 &&
                                strcmp(last_line(), "100 % of %s and %n") == 0);
    main_thread_frame();
    CHECK("once", game_sim.line_count == 1);
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    memcpy(expected, text, sizeof expected);
    expected[sizeof expected - 1] = 0;
    ask_print(text);
    memset(text, 'y', sizeof text - 1); /* it was copied */
    main_thread_frame();
    CHECK("cut where the slot ends", strcmp(last_line(), expected) == 0);
    ask_print("");
    main_thread_frame();
    CHECK("an empty line", game_sim.line_count == 3 && last_line()[0] == 0);
    game_sim.has_no_console = 1;
    ticket = ask_print("x");
    main_thread_frame();
    CHECK("no console", state_now(ticket) == MAIN_THREAD_FAILED && game_sim.line_count == 3);
    CHECK("as the game wants it", game_sim.wrong == 0);
}

static void test_run(void) {
    uint32_t ticket;

    group_begin("running a line");
    open_game();
    ticket = ask_run("player.additem f 100");
    main_thread_frame();
    CHECK("done", state_now(ticket) == MAIN_THREAD_DONE);
    CHECK("in the order of the console", strcmp(game_sim.steps, "cmtrd") == 0);
    CHECK("the line", strcmp(last_line(), "player.additem f 100") == 0);
    game_sim.ran = (uintptr_t)0x12345600; /* a bool is in al alone */
    ticket = ask_run("no such command");
    main_thread_frame();
    CHECK("refused by the game", state_now(ticket) == MAIN_THREAD_FAILED);
    CHECK("destroyed all the same", strcmp(game_sim.steps, "cmtrdcmtrd") == 0);
    game_sim.has_no_console = 1;
    ticket = ask_run("x");
    main_thread_frame();
    CHECK("no console", state_now(ticket) == MAIN_THREAD_FAILED && game_sim.line_count == 2);
    CHECK("as the game wants it", game_sim.wrong == 0);
}

/* ---- several ---- */

static void test_slots(uint32_t given_before) {
    uint32_t tickets[MAIN_THREAD_SLOTS + 1], index, ordered = 1, waiting = 0;
    char text[16];

    group_begin(given_before == 0 ? "slots" : "slots, when the tickets wrap");
    open_game();
    ((struct MainThreadQueue *)sim_queue)->tickets = given_before;
    for (index = 0; index < MAIN_THREAD_SLOTS; index++) {
        snprintf(text, sizeof text, "%u", index);
        tickets[index] = ask_print(text);
        waiting += state_now(tickets[index]) == MAIN_THREAD_WAITING;
    }
    CHECK("all taken", waiting == MAIN_THREAD_SLOTS && ask_print("one more") == 0);
    CHECK("take one back", take_back(tickets[2]) == 1 && take_back(tickets[2]) == 0);
    tickets[MAIN_THREAD_SLOTS] = ask_print("8");
    CHECK("its slot is free",
          tickets[MAIN_THREAD_SLOTS] != 0 && state_now(tickets[2]) == MAIN_THREAD_FREE);
    main_thread_frame();
    CHECK("all in one frame", game_sim.line_count == MAIN_THREAD_SLOTS);
    for (index = 0; index < MAIN_THREAD_SLOTS; index++) {
        snprintf(text, sizeof text, "%u", index < 2 ? index : index + 1);
        ordered &= strcmp(game_sim.lines[index], text) == 0;
    }
    CHECK("in the order in which they came", ordered);
    CHECK("too late to take back", take_back(tickets[0]) == 0);
    CHECK("the oldest result is dropped first", ask_print("next") != 0 &&
                                                    state_now(tickets[0]) == MAIN_THREAD_FREE &&
                                                    state_now(tickets[1]) == MAIN_THREAD_DONE);
    main_thread_frame();
    CHECK("done", strcmp(last_line(), "next") == 0 && game_sim.wrong == 0);
}

static void frame_within(void) {
    game_sim.while_it_runs = NULL;
    ask_print("added meanwhile");
    main_thread_frame();
}

/* A script may load a saved game, which runs frames of its own. */
static void test_frame_within(void) {
    uint32_t ticket;

    group_begin("a frame within a line");
    open_game();
    game_sim.while_it_runs = frame_within;
    ticket = ask_run("load \"x\"");
    main_thread_frame();
    CHECK("counted", main_thread_queue(MAIN_THREAD_FRAMES, 0, NULL) == 2);
    CHECK("one after the other", strcmp(game_sim.steps, "cmtrd") == 0 && game_sim.line_count == 2 &&
                                     strcmp(last_line(), "added meanwhile") == 0);
    CHECK("done", state_now(ticket) == MAIN_THREAD_DONE && game_sim.wrong == 0);
}

/* ---- many agents ---- */

#define AGENTS 6u
#define WORKS  300u

static struct {
    uint32_t taken_back, lost;
    uint8_t done[WORKS];
} agents[AGENTS];
static uint32_t agents_left;

static void *agent_main(void *argument) {
    uint32_t self = (uint32_t)(uintptr_t)argument, work, ticket, state;
    char text[64];

    for (work = 0; work < WORKS; work++) {
        snprintf(text, sizeof text, "%u %u %u", self, work, self * 7919 + work);
        while ((ticket = ask_print(text)) == 0)
            sched_yield();
        if (work % 5 == 0 && take_back(ticket)) {
            agents[self].taken_back++;
            continue;
        }
        agents[self].done[work] = 1;
        /* With more agents than slots, the slot of a result may be in use again. */
        while ((state = state_now(ticket)) == MAIN_THREAD_WAITING || state == MAIN_THREAD_RUNNING)
            sched_yield();
        agents[self].lost += state != MAIN_THREAD_DONE && state != MAIN_THREAD_FREE;
    }
    POOL_ADD(agents_left, (uint32_t)-1);
    return NULL;
}

static void test_agents(void) {
    pthread_t threads[AGENTS];
    uint32_t index, self, work, sum, wrong = 0, expected = 0, lost = 0;

    group_begin("many agents");
    open_game();
    memset(agents, 0, sizeof agents);
    POOL_STORE(agents_left, AGENTS);
    for (index = 0; index < AGENTS; index++)
        pthread_create(&threads[index], NULL, agent_main, (void *)(uintptr_t)index);
    while (POOL_LOAD(agents_left) != 0) {
        main_thread_frame();
        sched_yield();
    }
    for (index = 0; index < AGENTS; index++)
        pthread_join(threads[index], NULL);
    main_thread_frame();
    for (index = 0; index < game_sim.line_count; index++) {
        if (sscanf(game_sim.lines[index], "%u %u %u", &self, &work, &sum) != 3 || self >= AGENTS ||
            work >= WORKS || sum != self * 7919 + work || !agents[self].done[work]) {
            wrong++;
            continue;
        }
        agents[self].done[work] = 0;
    }
    for (self = 0; self < AGENTS; self++) {
        expected += WORKS - agents[self].taken_back;
        lost += agents[self].lost;
        for (work = 0; work < WORKS; work++)
            wrong += agents[self].done[work];
    }
    CHECK("each text once, as it was added", wrong == 0 && game_sim.line_count == expected);
    CHECK("none failed", lost == 0);
    CHECK("by the game's thread", game_sim.wrong == 0);
    CHECK("nothing waits any more", ((struct MainThreadQueue *)sim_queue)->waiting == 0);
}

/* ---- the entry ---- */

#ifdef __i386__
void THISCALL replace_frame(void *self);

static void *frame_self;
static uint32_t frame_number;

static void THISCALL sim_frame(void *self) {
    frame_self = self;
    frame_number = main_thread_queue(MAIN_THREAD_FRAMES, 0, NULL);
}

static void test_entry(void) {
    unsigned char *key = mmap((void *)ORIGINAL_frame, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    int32_t distance = (int32_t)((uintptr_t)sim_frame - ((uintptr_t)ORIGINAL_frame + 5));

    group_begin("the entry of the frame");
    CHECK("a place for it", key == (void *)ORIGINAL_frame);
    if (key != (void *)ORIGINAL_frame)
        return;
    open_game();
    key[0] = 0xE9; /* jmp */
    memcpy(key + 1, &distance, sizeof distance);
    ask_print("first");
    replace_frame(game_object);
    CHECK("goes on in the game with its object", frame_self == game_object);
    CHECK("which comes behind the work", frame_number == 1 && strcmp(last_line(), "first") == 0);
    CHECK("as the game wants it", game_sim.wrong == 0);
}
#endif

int main(void) {
    vanilla_open(16 * MB, POOL_RECYCLE);
    test_frames();
    test_print();
    test_run();
    test_slots(0);
    test_slots(0u - 4);
    test_slots((1u << 29) - 4);
    test_frame_within();
    test_agents();
#ifdef __i386__
    test_entry();
#endif
    return check_end();
}
