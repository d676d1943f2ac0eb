#include "commands.h"

#include "console.h"
#include "loading.h"
#include "text.h"
#include "variables.h"

#define WORD_MOST 260

static int load(const char *argument);
static int quit(const char *argument);
static int print(const char *argument);

static const struct {
    const char *name, *short_name;
    int (*run)(const char *argument);
} commands[] = {
    {"LoadGame", "load", load},
    {"QuitGame", "qqq", quit},
    {"Quit", "quit", quit},
    {"PrintC", "print", print},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static int wants_end;

static const char *next_word(const char *from, char *word);

int command_run(const char *line) {
    char name[WORD_MOST], argument[WORD_MOST];
    uint32_t i;
    next_word(next_word(line, name), argument);
    for (i = 0; i < COMMANDS; i++)
        if (text_is_same(name, commands[i].name, WORD_MOST) ||
            text_is_same(name, commands[i].short_name, WORD_MOST))
            return commands[i].run(argument);
    console_say("Script command \"%s\" not found.", name);
    return 0;
}

int command_run_as_script(const char *line) {
    struct Script script;
    int done;
    struct Console *console = game.console_manager(1);
    memset(&script, 0xcd, sizeof script);
    game.script_construct(&script);
    game.script_mark_temporary(&script);
    game.script_set_text(&script, line);
    done = game.script_run(&script, console->script_context, 1, 0);
    game.script_destroy(&script);
    return done;
}

int command_wants_end(void) { return wants_end; }

static int load(const char *argument) {
    if (argument[0] != 0)
        return game.saves_load(SAVE_MANAGER, argument, 0, 0, 0);
    console_say("LoadGame wants the name of a saved game");
    return 0;
}

static int quit(const char *argument) {
    (void)argument;
    wants_end = 1;
    return 1;
}

static int print(const char *argument) {
    console_say("%s", argument);
    return 1;
}

/* The next word of a line, or what stands between quotes; empty at its end. */
static const char *next_word(const char *from, char *word) {
    struct Text text = text_in(word, WORD_MOST);
    char end = ' ';
    while (*from == ' ' || *from == '\t')
        from++;
    if (*from == '"') {
        end = '"';
        from++;
    }
    while (*from != 0 && *from != end)
        text_add_character(&text, *from++);
    return *from == '"' ? from + 1 : from;
}
