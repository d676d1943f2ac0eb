/* SPDX-License-Identifier: MIT */
/* The desk of a game, with a played game that looks at it once a frame. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread desk.c -o desk
 *   ./desk
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the thiscall members and the entry of the
 *   frame, on any x86-64 machine
 */
#include "vanilla.h"

static uintptr_t played_desk;

#define POOLNV_DESK                played_desk
#define DESK_CONSOLE_MANAGER       ((uintptr_t)played_console_manager)
#define DESK_CONSOLE_PRINT         ((uintptr_t)played_print)
#define DESK_SCRIPT_CONSTRUCT      ((uintptr_t)played_construct)
#define DESK_SCRIPT_MARK_TEMPORARY ((uintptr_t)played_mark_temporary)
#define DESK_SCRIPT_SET_TEXT       ((uintptr_t)played_set_text)
#define DESK_SCRIPT_RUN            ((uintptr_t)played_run)
#define DESK_SCRIPT_DESTROY        ((uintptr_t)played_destroy)

static void **played_console_manager(uint32_t create);
static uintptr_t THISCALL played_print(void *console, uintptr_t format, uintptr_t arguments);
static uintptr_t THISCALL played_construct(void *script);
static uintptr_t THISCALL played_mark_temporary(void *script);
static uintptr_t THISCALL played_set_text(void *script, uintptr_t text);
static uintptr_t THISCALL played_run(void *script, uintptr_t context, uintptr_t one,
                                     uintptr_t reference);
static uintptr_t THISCALL played_destroy(void *script);

/* Where the entry of the frame goes on: a number, because it is part of assembly. */
#define ORIGINAL_frame 0x50000000

#include "game_desk.c"
#include "game_desk_i386.c"

/* ---- the played game ---- */

#define LINES 4096u

static struct {
    void *console[1]; /* its first field is the context of scripts */
    int has_no_console;
    uintptr_t ran;               /* what running a script returns */
    void (*while_it_runs)(void); /* what else happens meanwhile */
    char steps[16];              /* of one script, a letter each */
    char lines[LINES][DESK_TEXT_BYTES];
    uint32_t line_count, wrong;
    pthread_t thread; /* the only one that may do anything of this */
} played;

static void note_thread(void) { played.wrong += !pthread_equal(played.thread, pthread_self()); }

static void note_step(char letter) {
    size_t length = strlen(played.steps);

    note_thread();
    if (length < sizeof played.steps - 1)
        played.steps[length] = letter;
}

static void note_line(const char *line) {
    note_thread();
    if (played.line_count < LINES)
        strcpy(played.lines[played.line_count++], line);
}

static const char *last_line(void) {
    return played.line_count == 0 ? "" : played.lines[played.line_count - 1];
}

static void **played_console_manager(uint32_t create) {
    played.wrong += create != 1;
    return played.has_no_console ? NULL : played.console;
}

static uintptr_t THISCALL played_print(void *console, uintptr_t format, uintptr_t arguments) {
    played.wrong += console != played.console || strcmp((const char *)format, "%s") != 0;
    note_line(*(const char **)arguments);
    return 0;
}

static uintptr_t THISCALL played_construct(void *script) {
    unsigned char *bytes = script;
    size_t at;

    for (at = 0; at < SCRIPT_BYTES; at++)
        played.wrong += bytes[at] != 0;
    note_step('c');
    return 0;
}

static uintptr_t THISCALL played_mark_temporary(void *script) {
    (void)script;
    note_step('m');
    return 0;
}

static uintptr_t THISCALL played_set_text(void *script, uintptr_t text) {
    (void)script;
    note_step('t');
    note_line((const char *)text);
    return 0;
}

static uintptr_t THISCALL played_run(void *script, uintptr_t context, uintptr_t one,
                                     uintptr_t reference) {
    (void)script;
    note_step('r');
    played.wrong += (void *)context != played.console[0] || one != 1 || reference != 0;
    if (played.while_it_runs != NULL)
        played.while_it_runs();
    return played.ran;
}

static uintptr_t THISCALL played_destroy(void *script) {
    (void)script;
    note_step('d');
    return 0;
}

static void open_game(void) {
    static struct Desk desk;

    memset(&desk, 0, sizeof desk);
    memset(&played, 0, sizeof played);
    played_desk = (uintptr_t)&desk;
    played.console[0] = &desk;
    played.ran = 1;
    played.thread = pthread_self();
}

static uint32_t ask_print(const char *text) { return game_desk(DESK_PRINT, 0, text); }
static uint32_t ask_run(const char *line) { return game_desk(DESK_RUN, 0, line); }
static uint32_t state_now(uint32_t ticket) { return game_desk(DESK_STATE, ticket, NULL); }
static uint32_t take_back(uint32_t ticket) { return game_desk(DESK_CANCEL, ticket, NULL); }

/* ---- one piece of work ---- */

static void test_frames(void) {
    uint32_t frame;

    group_begin("frames");
    open_game();
    for (frame = 0; frame < 5; frame++)
        game_desk_frame();
    CHECK("counted", game_desk(DESK_FRAMES, 0, NULL) == 5);
    CHECK("nothing done without work", played.line_count == 0 && played.steps[0] == 0);
    CHECK("unknown tickets", state_now(0) == DESK_FREE && state_now(77) == DESK_FREE &&
                                 take_back(0) == 0 && take_back(77) == 0);
    CHECK("an unknown order", game_desk(99, 1, "x") == 0);
}

static void test_print(void) {
    char text[600], expected[DESK_TEXT_BYTES];
    uint32_t ticket;

    group_begin("printing");
    open_game();
    ticket = ask_print("100 % of %s and %n");
    CHECK("a ticket", ticket != 0 && state_now(ticket) == DESK_WAITING);
    CHECK("not before a frame", played.line_count == 0);
    game_desk_frame();
    CHECK("done, as it is", state_now(ticket) == DESK_DONE && played.line_count == 1 &&
                                strcmp(last_line(), "100 % of %s and %n") == 0);
    game_desk_frame();
    CHECK("once", played.line_count == 1);
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    memcpy(expected, text, sizeof expected);
    expected[sizeof expected - 1] = 0;
    ask_print(text);
    memset(text, 'y', sizeof text - 1); /* it was copied */
    game_desk_frame();
    CHECK("cut where the slot ends", strcmp(last_line(), expected) == 0);
    ask_print("");
    game_desk_frame();
    CHECK("an empty line", played.line_count == 3 && last_line()[0] == 0);
    played.has_no_console = 1;
    ticket = ask_print("x");
    game_desk_frame();
    CHECK("no console", state_now(ticket) == DESK_FAILED && played.line_count == 3);
    CHECK("as the game wants it", played.wrong == 0);
}

static void test_run(void) {
    uint32_t ticket;

    group_begin("running a line");
    open_game();
    ticket = ask_run("player.additem f 100");
    game_desk_frame();
    CHECK("done", state_now(ticket) == DESK_DONE);
    CHECK("in the order of the console", strcmp(played.steps, "cmtrd") == 0);
    CHECK("the line", strcmp(last_line(), "player.additem f 100") == 0);
    played.ran = (uintptr_t)0x12345600; /* a bool is in al alone */
    ticket = ask_run("no such command");
    game_desk_frame();
    CHECK("refused by the game", state_now(ticket) == DESK_FAILED);
    CHECK("destroyed all the same", strcmp(played.steps, "cmtrdcmtrd") == 0);
    played.has_no_console = 1;
    ticket = ask_run("x");
    game_desk_frame();
    CHECK("no console", state_now(ticket) == DESK_FAILED && played.line_count == 2);
    CHECK("as the game wants it", played.wrong == 0);
}

/* ---- several ---- */

static void test_slots(uint32_t given_before) {
    uint32_t tickets[DESK_SLOTS + 1], index, ordered = 1, waiting = 0;
    char text[16];

    group_begin(given_before == 0 ? "slots" : "slots, where the numbers begin anew");
    open_game();
    ((struct Desk *)played_desk)->tickets = given_before;
    for (index = 0; index < DESK_SLOTS; index++) {
        snprintf(text, sizeof text, "%u", index);
        tickets[index] = ask_print(text);
        waiting += state_now(tickets[index]) == DESK_WAITING;
    }
    CHECK("all taken", waiting == DESK_SLOTS && ask_print("one more") == 0);
    CHECK("take one back", take_back(tickets[2]) == 1 && take_back(tickets[2]) == 0);
    tickets[DESK_SLOTS] = ask_print("8");
    CHECK("its slot is free", tickets[DESK_SLOTS] != 0 && state_now(tickets[2]) == DESK_FREE);
    game_desk_frame();
    CHECK("all in one frame", played.line_count == DESK_SLOTS);
    for (index = 0; index < DESK_SLOTS; index++) {
        snprintf(text, sizeof text, "%u", index < 2 ? index : index + 1);
        ordered &= strcmp(played.lines[index], text) == 0;
    }
    CHECK("in the order in which they came", ordered);
    CHECK("too late to take back", take_back(tickets[0]) == 0);
    CHECK("the result that nobody asks for goes first", ask_print("next") != 0 &&
                                                            state_now(tickets[0]) == DESK_FREE &&
                                                            state_now(tickets[1]) == DESK_DONE);
    game_desk_frame();
    CHECK("done", strcmp(last_line(), "next") == 0 && played.wrong == 0);
}

static void frame_within(void) {
    played.while_it_runs = NULL;
    ask_print("left meanwhile");
    game_desk_frame();
}

/* A script may load a saved game, which runs frames of its own. */
static void test_frame_within(void) {
    uint32_t ticket;

    group_begin("a frame within a line");
    open_game();
    played.while_it_runs = frame_within;
    ticket = ask_run("load \"x\"");
    game_desk_frame();
    CHECK("counted", game_desk(DESK_FRAMES, 0, NULL) == 2);
    CHECK("one after the other", strcmp(played.steps, "cmtrd") == 0 && played.line_count == 2 &&
                                     strcmp(last_line(), "left meanwhile") == 0);
    CHECK("done", state_now(ticket) == DESK_DONE && played.wrong == 0);
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
        /* With more agents than slots, others may have taken that of a result by now. */
        while ((state = state_now(ticket)) == DESK_WAITING || state == DESK_RUNNING)
            sched_yield();
        agents[self].lost += state != DESK_DONE && state != DESK_FREE;
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
        game_desk_frame();
        sched_yield();
    }
    for (index = 0; index < AGENTS; index++)
        pthread_join(threads[index], NULL);
    game_desk_frame();
    for (index = 0; index < played.line_count; index++) {
        if (sscanf(played.lines[index], "%u %u %u", &self, &work, &sum) != 3 || self >= AGENTS ||
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
    CHECK("each text once, as it was left", wrong == 0 && played.line_count == expected);
    CHECK("none failed", lost == 0);
    CHECK("by the game's thread", played.wrong == 0);
    CHECK("nothing waits any more", ((struct Desk *)played_desk)->waiting == 0);
}

/* ---- the entry ---- */

#ifdef __i386__
void THISCALL replace_frame(void *self);

static void *frame_self;
static uint32_t frame_number;

static void THISCALL played_frame(void *self) {
    frame_self = self;
    frame_number = game_desk(DESK_FRAMES, 0, NULL);
}

static void test_entry(void) {
    unsigned char *code = mmap((void *)ORIGINAL_frame, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    int32_t distance = (int32_t)((uintptr_t)played_frame - ((uintptr_t)ORIGINAL_frame + 5));

    group_begin("the entry of the frame");
    CHECK("a place for it", code == (void *)ORIGINAL_frame);
    if (code != (void *)ORIGINAL_frame)
        return;
    open_game();
    code[0] = 0xE9; /* jmp */
    memcpy(code + 1, &distance, sizeof distance);
    ask_print("first");
    replace_frame(game_object);
    CHECK("goes on in the game with its object", frame_self == game_object);
    CHECK("which comes behind the work", frame_number == 1 && strcmp(last_line(), "first") == 0);
    CHECK("as the game wants it", played.wrong == 0);
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
