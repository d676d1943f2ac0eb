/* What the program says: answers to its orders on standard output, one line each. Main thread only,
 * but for errors. */
#ifndef STANDIN_ANSWERS_H
#define STANDIN_ANSWERS_H

#include <stdint.h>

/* Adds to the answer. */
void say(const char *words);
void say_character(char character);

/* Adds `name=number `. */
void say_number(const char *name, uint64_t number);

/* Adds a number in hexadecimal with so many digits. */
void say_hex(uint32_t number, unsigned digits);

/* Adds a text in quotes, as JSON has it. */
void say_quoted(const char *words);

/* Ends the answer and writes it. Nothing happens where there is no standard output. */
void end_answer(void);

/* Writes a line to standard error. Any thread. */
void tell_error(const char *line);

#endif
