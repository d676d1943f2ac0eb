#include "console.h"

#include <stdarg.h>

#include "calls.h"
#include "findings.h"
#include "text.h"
#include "variables.h"

#define LINE_MOST  512
#define LINES_KEPT 200

struct ConsoleLine {
    struct ConsoleLine *next;
    char text[]; /* as long as it is */
};

static struct Console *console;
static uint32_t dropped;

static void keep(struct Console *kept, const char *line);
static void forget_first(struct Console *kept);

void console_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    game.console_print(game.console_manager(1), format, arguments);
    va_end(arguments);
}

void console_take_lines(void (*taker)(const char *line)) {
    while (console != 0 && console->first != 0) {
        taker(console->first->text);
        forget_first(console);
    }
}

uint32_t console_dropped_lines(void) { return dropped; }

struct Console *__cdecl vanilla_console_manager(unsigned char create) {
    static int script_context;
    require_main_thread("asking for the console");
    if (console == 0 && create) {
        console = call_heap_allocate(actor_here(), sizeof *console);
        if (console == 0)
            return 0;
        memset(console, 0, sizeof *console);
        console->script_context = &script_context;
    }
    return console;
}

void __thiscall vanilla_console_print(struct Console *printed, const char *format,
                                      const void *arguments) {
    char line[LINE_MOST];
    struct Text text = TEXT_IN(line);
    require_main_thread("printing to the console");
    if (printed == 0 || printed != console) {
        note_finding(VIOLATION, "another object is to print", printed, 0);
        return;
    }
    if (SAVE_MANAGER->loading) {
        dropped++;
        return;
    }
    text_add_formatted(&text, format, arguments);
    keep(printed, line);
}

unsigned char __thiscall vanilla_console_is_open(struct Console *asked) {
    (void)asked;
    return CONSOLE_IS_OPEN;
}

static void keep(struct Console *kept, const char *line) {
    uint32_t length = (uint32_t)strlen(line) + 1;
    struct ConsoleLine *added = call_heap_allocate(actor_here(), sizeof *added + length);
    if (added == 0)
        return;
    added->next = 0;
    memcpy(added->text, line, length);
    if (kept->last == 0)
        kept->first = added;
    else
        kept->last->next = added;
    kept->last = added;
    kept->line_count++;
    if (kept->line_count > LINES_KEPT)
        forget_first(kept);
}

static void forget_first(struct Console *kept) {
    struct ConsoleLine *gone = kept->first;
    kept->first = gone->next;
    if (kept->first == 0)
        kept->last = 0;
    kept->line_count--;
    call_heap_free(actor_here(), gone);
}
