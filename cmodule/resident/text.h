/* SPDX-License-Identifier: MIT */
/* Lines for the log, in memory of the caller's. */
#ifndef POOLNV_RESIDENT_TEXT_H
#define POOLNV_RESIDENT_TEXT_H

#include <stdint.h>

#define TEXT_BYTES_PER_MB 1048576u

/* What no longer fits is left out. */
struct Text {
    char *start, *at, *end;
};

void text_begin(struct Text *text, char *memory, uint32_t bytes);
uint32_t text_length(const struct Text *text);
void text_add(struct Text *text, const char *more);
void text_add_byte(struct Text *text, char byte);
void text_add_number(struct Text *text, uint64_t number);

/* With zeros in front of it, up to that many digits. */
void text_add_padded(struct Text *text, uint32_t number, uint32_t digits);

/* Hundredths, or tenths, of a unit: 1234 as 12.34 or 123.4. */
void text_add_hundredths(struct Text *text, uint64_t hundredths);
void text_add_tenths(struct Text *text, uint64_t tenths);

/* Bytes in MB with two decimals, without the unit. */
void text_add_megabytes(struct Text *text, uint64_t bytes);

/* The quotient, rounded down. The compiler has no 64-bit division in 32-bit programs. */
uint64_t text_divide(uint64_t value, uint64_t by, uint64_t *remainder);

/* Logs a text that ends with \n. */
void text_log(const char *line);

#endif
