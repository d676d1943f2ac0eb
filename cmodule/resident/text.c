/* SPDX-License-Identifier: MIT */
#include "text.h"

#include "resident.h"

#define NUMBER_DIGITS 20 /* of 2^64 - 1 */

void text_begin(struct Text *text, char *memory, uint32_t bytes) {
    text->start = memory;
    text->at = memory;
    text->end = memory + bytes;
}

uint32_t text_length(const struct Text *text) { return (uint32_t)(text->at - text->start); }

void text_add_byte(struct Text *text, char byte) {
    if (text->at < text->end)
        *text->at++ = byte;
}

void text_add(struct Text *text, const char *more) {
    while (*more != 0)
        text_add_byte(text, *more++);
}

void text_add_number(struct Text *text, uint64_t number) {
    char digits[NUMBER_DIGITS];
    uint32_t count = 0;
    uint64_t digit;
    do {
        number = text_divide(number, 10, &digit);
        digits[count++] = (char)('0' + (uint32_t)digit);
    } while (number != 0);
    while (count > 0)
        text_add_byte(text, digits[--count]);
}

void text_add_padded(struct Text *text, uint32_t number, uint32_t digits) {
    uint32_t limit = 1;
    while (digits-- > 1)
        limit *= 10;
    for (; limit > 0; limit /= 10)
        text_add_byte(text, (char)('0' + number / limit % 10));
}

void text_add_hundredths(struct Text *text, uint64_t hundredths) {
    uint64_t rest;
    text_add_number(text, text_divide(hundredths, 100, &rest));
    text_add_byte(text, '.');
    text_add_padded(text, (uint32_t)rest, 2);
}

void text_add_tenths(struct Text *text, uint64_t tenths) {
    uint64_t rest;
    text_add_number(text, text_divide(tenths, 10, &rest));
    text_add_byte(text, '.');
    text_add_padded(text, (uint32_t)rest, 1);
}

void text_add_megabytes(struct Text *text, uint64_t bytes) {
    text_add_hundredths(text, (bytes * 100 + TEXT_BYTES_PER_MB / 2) >> 20);
}

uint64_t text_divide(uint64_t value, uint64_t by, uint64_t *remainder) {
    uint64_t quotient = 0, rest = 0;
    uint32_t bit;
    for (bit = 0; bit < 64; bit++) {
        rest = rest << 1 | value >> 63;
        value <<= 1;
        quotient <<= 1;
        if (rest >= by) {
            rest -= by;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

void text_log(const char *line) {
    uint32_t length = 0;
    while (line[length] != 0)
        length++;
    resident_log(line, length);
}
