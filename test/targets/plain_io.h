/* Lines in, lines out, without stdio and without an allocation. */
#ifndef TEST_PLAIN_IO_H
#define TEST_PLAIN_IO_H

#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#include <io.h>
#define read_bytes(buffer, count)  _read(0, (buffer), (count))
#define write_bytes(buffer, count) _write(1, (buffer), (count))
#else
#include <unistd.h>
#define read_bytes(buffer, count)  read(0, (buffer), (count))
#define write_bytes(buffer, count) write(1, (buffer), (count))
#endif

static char answer[4096];
static unsigned answer_length;

static void say(const char *text) {
    unsigned length = (unsigned)strlen(text);
    if (answer_length + length < sizeof answer) {
        memcpy(answer + answer_length, text, length);
        answer_length += length;
    }
}

/* Appends `name=value ` to the answer. */
static void say_number(const char *name, uint64_t value) {
    char digits[24];
    unsigned at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    say(name);
    say("=");
    say(digits + at);
    say(" ");
}

static void end_answer(void) {
    say("\n");
    if (write_bytes(answer, answer_length) < 0)
        answer_length = 0; /* nobody listens any more */
    answer_length = 0;
}

/* One line without its end; 0 at the end of the input. */
static int read_order(char *order, unsigned capacity) {
    unsigned length = 0;
    char byte;
    while (read_bytes(&byte, 1) == 1) {
        if (byte == '\n') {
            order[length] = 0;
            return 1;
        }
        if (byte != '\r' && length + 1 < capacity)
            order[length++] = byte;
    }
    return 0;
}

static int is_order(const char *order, const char *name) {
    size_t length = strlen(name);
    return strncmp(order, name, length) == 0 && (order[length] == 0 || order[length] == ' ');
}

/* The numbers of an order, at most `limit`; returns how many there are. */
static unsigned read_numbers(const char *order, uint64_t *number, unsigned limit) {
    unsigned count = 0;
    while (*order != 0 && count < limit) {
        if (*order < '0' || *order > '9') {
            order++;
            continue;
        }
        number[count] = 0;
        while (*order >= '0' && *order <= '9')
            number[count] = number[count] * 10 + (uint64_t)(*order++ - '0');
        count++;
    }
    return count;
}

#endif
