/* What the benchmark's program needs of the system, none of which allocates through the C runtime:
 * time, memory, threads and lines on the standard streams. */
#ifndef BENCH_SYSTEM_H
#define BENCH_SYSTEM_H

#ifdef _WIN32
#include "system_windows.h"
#else
#include "system_linux.h"
#endif

static char answer[1024];
static unsigned answer_length;

static void say(const char *text) {
    while (*text != 0 && answer_length + 2 < sizeof answer)
        answer[answer_length++] = *text++;
}

/* Appends `name=value` to the answer. */
static void say_number(const char *name, uint64_t value) {
    char digits[24];
    unsigned at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    if (answer_length > 0)
        say(" ");
    say(name);
    say("=");
    say(digits + at);
}

static void end_answer(void) {
    answer[answer_length++] = '\n';
    write_bytes(answer, answer_length);
    answer_length = 0;
}

/* One line without its end; 0 at the end of the input. */
static int read_order(char *order, unsigned capacity) {
    unsigned length = 0;
    char byte;
    while (read_byte(&byte)) {
        if (byte == '\n') {
            order[length] = 0;
            return 1;
        }
        if (byte != '\r' && length + 1 < capacity)
            order[length++] = byte;
    }
    return 0;
}

#endif
