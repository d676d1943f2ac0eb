/* From the start of the C runtime to the loop of the main thread. */
#include "actor.h"
#include "answers.h"
#include "calls.h"
#include "cells.h"
#include "clock.h"
#include "commands.h"
#include "findings.h"
#include "frame.h"
#include "held.h"
#include "memory.h"
#include "obey.h"
#include "orders.h"
#include "reports.h"
#include "settings.h"
#include "text.h"
#include "upkeep.h"
#include "variables.h"

#define EXIT_CLEAN   0
#define EXIT_HARMED  1 /* something went wrong, see standard error */
#define EXIT_USAGE   2
#define STILL_MS     1 /* between looks for orders */
#define PLAYER_BYTES 0xe00

/* What the jumps of the game's code lead to, in the order of the places. */
const void *const jump_targets[] __attribute__((section(".jumps"), used)) = {GAME_JUMP_TARGETS};

static int construct(void);
static int load_other_replacer(void);
static void loop(void);
static LONG WINAPI tell_crash(EXCEPTION_POINTERS *exception);

void __cdecl vanilla_start_failed(int reason) { ExitProcess((UINT)reason); }

void __cdecl vanilla_exit(int code) { ExitProcess((UINT)code); }

int __stdcall vanilla_win_main(void *instance, void *previous, const char *arguments, int show) {
    const char *fault = settings_read(GetCommandLineA());
    (void)instance, (void)previous, (void)arguments, (void)show;
    if (fault != 0) {
        tell_error(fault);
        tell_error("\n");
        return EXIT_USAGE;
    }
    SetUnhandledExceptionFilter(tell_crash);
    if (!construct() || !load_other_replacer())
        return EXIT_USAGE;
    say("ready");
    end_answer();
    loop();
    return finding_count(CORRUPTION) + finding_count(WRONG) + finding_count(VIOLATION) == 0
               ? EXIT_CLEAN
               : EXIT_HARMED;
}

/* The game's objects, from its own heap, and what was there before the first frame. */
static int construct(void) {
    struct Actor *actor = actor_enter("the main thread", settings.seed);
    MAIN = call_heap_allocate(actor, sizeof(struct Main));
    SAVE_MANAGER = call_heap_allocate(actor, sizeof(struct SaveManager));
    PLAYER = call_heap_allocate(actor, PLAYER_BYTES);
    if (MAIN == 0 || SAVE_MANAGER == 0 || PLAYER == 0)
        return 0;
    memset(MAIN, 0, sizeof(struct Main));
    memset(SAVE_MANAGER, 0, sizeof(struct SaveManager));
    memset(PLAYER, 0, PLAYER_BYTES);
    MAIN->thread_id = GetCurrentThreadId();
    upkeep_begin();
    cells_take(actor, settings.cells);
    held_take(actor, settings.hold);
    frame_construct(settings.seed, settings.calls);
    orders_start();
    return 1;
}

static int load_other_replacer(void) {
    if (settings.other_replacer[0] == 0 || LoadLibraryA(settings.other_replacer) != 0)
        return 1;
    tell_error("the DLL of --other-replacer can't be loaded\n");
    return 0;
}

static void loop(void) {
    while (!command_wants_end()) {
        uint64_t began = clock_us();
        obey_orders();
        if (command_wants_end())
            break;
        if (obey_stands_still())
            Sleep(STILL_MS);
        else
            game.loop_iteration();
        if (!obey_in_haste())
            clock_pace(began, settings.fps);
        if (settings.seconds != 0 && clock_us() >= (uint64_t)settings.seconds * 1000000) {
            report_check();
            break;
        }
    }
}

/* Says where a crash was; the program ends with the code of the exception, and no debugger. */
static LONG WINAPI tell_crash(EXCEPTION_POINTERS *exception) {
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    char line[160];
    struct Text text = TEXT_IN(line);
    text_add(&text, "crash 0x");
    text_add_number(&text, record->ExceptionCode, 16, 8);
    text_add(&text, " at 0x");
    text_add_number(&text, (uintptr_t)record->ExceptionAddress, 16, 8);
    if (record->NumberParameters > 1) {
        text_add(&text, ", address 0x");
        text_add_number(&text, record->ExceptionInformation[1], 16, 8);
    }
    text_add(&text, ", by ");
    text_add(&text, actor_here()->name);
    text_add(&text, "\n");
    tell_error(line);
    return EXCEPTION_EXECUTE_HANDLER;
}
