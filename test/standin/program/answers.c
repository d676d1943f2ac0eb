#include "answers.h"

#include "game.h"
#include "text.h"

static char buffer[64 * 1024];
static struct Text answer = {buffer, 0, sizeof buffer};

static void write_to(DWORD handle, const char *text, uint32_t length);

void say(const char *words) { text_add(&answer, words); }

void say_character(char character) { text_add_character(&answer, character); }

void say_number(const char *name, uint64_t number) {
    say(name);
    say("=");
    text_add_number(&answer, number, 10, 1);
    say(" ");
}

void say_hex(uint32_t number, unsigned digits) { text_add_number(&answer, number, 16, digits); }

void say_quoted(const char *words) {
    say("\"");
    for (; *words != 0; words++) {
        unsigned char byte = (unsigned char)*words;
        if (byte < ' ' || byte > '~') {
            say("\\u");
            say_hex(byte, 4);
            continue;
        }
        if (byte == '"' || byte == '\\')
            say("\\");
        say_character((char)byte);
    }
    say("\"");
}

void end_answer(void) {
    say("\n");
    write_to(STD_OUTPUT_HANDLE, buffer, answer.length);
    answer.length = 0;
}

void tell_error(const char *line) { write_to(STD_ERROR_HANDLE, line, (uint32_t)strlen(line)); }

static void write_to(DWORD handle, const char *text, uint32_t length) {
    DWORD written;
    WriteFile(GetStdHandle(handle), text, length, &written, 0);
}
