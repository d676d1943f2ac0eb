/* Text that is put together in a buffer of fixed size; what does not fit is left out. */
#ifndef STANDIN_TEXT_H
#define STANDIN_TEXT_H

#include <stdint.h>

struct Text {
    char *characters; /* ended by 0 at any time; its owner's memory */
    uint32_t length;
    uint32_t capacity; /* the 0 included */
};

/* Begins an empty text in a buffer. */
#define TEXT_IN(buffer) text_in((buffer), sizeof(buffer))
struct Text text_in(char *buffer, uint32_t capacity);

void text_add(struct Text *text, const char *more);
void text_add_character(struct Text *text, char character);

/* Adds a number of at least so many digits. */
void text_add_number(struct Text *text, uint64_t number, unsigned base, unsigned digits);

/* Adds what a printf format of the console says: %s %c %d %i %u %x %X %p %f %g and %%, with widths
 * and precisions.
 *
 * arguments: a va_list of 32-bit Windows, that is where the arguments stand in memory */
void text_add_formatted(struct Text *text, const char *format, const void *arguments);

/* Whether two texts are the same but for the case of letters; compares `length` characters. */
int text_is_same(const char *one, const char *other, uint32_t length);

/* The number that a text begins with, after blanks and 0x; `rest` is what follows it. */
uint32_t text_read_number(const char *text, unsigned base, const char **rest);

/* `value / divisor`, where the compiler would call a function of a runtime that is not there. */
uint64_t divide(uint64_t value, uint32_t divisor, uint32_t *rest);

#endif
