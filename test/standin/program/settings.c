#include "settings.h"

#include "game.h"
#include "text.h"

#define LOAD_FACTOR_MOST 16 /* more than that does not fit the blocks of one IO task */

struct Settings settings = {
    .fps = 60,
    .calls = 1500,
    .cells = 20000,
    .load_factor = 4,
    .seed = 1,
    .misuse = 1,
    .stale = 1,
    .saves = ".",
};

static const struct {
    const char *name;
    uint32_t *number; /* or */
    char *text;
} switches[] = {
    {"--fps", &settings.fps, 0},
    {"--calls", &settings.calls, 0},
    {"--cells", &settings.cells, 0},
    {"--hold", &settings.hold, 0},
    {"--load-factor", &settings.load_factor, 0},
    {"--seed", &settings.seed, 0},
    {"--misuse", &settings.misuse, 0},
    {"--stale", &settings.stale, 0},
    {"--seconds", &settings.seconds, 0},
    {"--saves", 0, settings.saves},
    {"--crashes-by", 0, settings.crashes_by},
    {"--hangs-by", 0, settings.hangs_by},
    {"--unpacks-without", 0, settings.unpacks_without},
    {"--other-replacer", 0, settings.other_replacer},
};

#define SWITCHES (sizeof switches / sizeof switches[0])

static const char *next_word(const char *from, char *word);
static const char *take(const char *name, const char *value);
static int read_number(const char *digits, uint32_t *number);

const char *settings_read(const char *command_line) {
    char name[SETTING_TEXT_MOST], value[SETTING_TEXT_MOST];
    command_line = next_word(command_line, name); /* the program's own */
    for (;;) {
        const char *fault;
        command_line = next_word(command_line, name);
        if (name[0] == 0)
            return settings.load_factor > LOAD_FACTOR_MOST ? "--load-factor is above 16" : 0;
        command_line = next_word(command_line, value);
        fault = take(name, value);
        if (fault != 0)
            return fault;
    }
}

/* The next word, without quotes; empty at the end. */
static const char *next_word(const char *from, char *word) {
    struct Text text = text_in(word, SETTING_TEXT_MOST);
    int quoted = 0;
    while (*from == ' ' || *from == '\t')
        from++;
    for (; *from != 0 && (quoted || *from != ' '); from++) {
        if (*from == '"')
            quoted = !quoted;
        else
            text_add_character(&text, *from);
    }
    return from;
}

static const char *take(const char *name, const char *value) {
    uint32_t i;
    for (i = 0; i < SWITCHES; i++) {
        if (!text_is_same(name, switches[i].name, SETTING_TEXT_MOST))
            continue;
        if (value[0] == 0)
            return "a switch has no value";
        if (switches[i].text != 0) {
            memcpy(switches[i].text, value, SETTING_TEXT_MOST);
            return 0;
        }
        return read_number(value, switches[i].number) ? 0 : "a switch wants a number";
    }
    return "there is no such switch";
}

static int read_number(const char *digits, uint32_t *number) {
    const char *rest;
    *number = text_read_number(digits, 10, &rest);
    return rest != digits && *rest == 0;
}
