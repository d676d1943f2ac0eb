/* SPDX-License-Identifier: MIT */
/* Lines as they are written to the log: a time stamp, and no character that has an effect on a
 * terminal. The escapes are those of shared/printable.ts. */
#include "state.h"
#include "text.h"

#define LOG_BUFFER_BYTES 3840u /* on Windows TinyCC has no code for frames of a page */
#define LOG_LINE_BYTES   1920u /* lines up to this length are written in one piece */
#define LOG_ESCAPE_BYTES 16u   /* the longest is \u{202e} */

#define FIRST_BYTE_CODE  0xDC00u /* stands for a byte that is no UTF-8, with the byte added */
#define NOT_A_BYTE(code) ((code) < FIRST_BYTE_CODE + 0x80 || (code) > FIRST_BYTE_CODE + 0xFF)

static void add_time(struct Text *text);
static uint32_t add_character(struct Text *text, const uint8_t *at, uint32_t left);

int32_t resident_log(const char *lines, uint32_t bytes) {
    char buffer[LOG_BUFFER_BYTES];
    struct Text text;
    const uint8_t *at = (const uint8_t *)lines;
    int32_t written = 1;
    if (resident_state()->log_file[0] == 0)
        return 0;
    if (bytes == 0)
        return system_append("", 0);
    text_begin(&text, buffer, sizeof buffer);
    while (bytes > 0) {
        add_time(&text);
        while (bytes > 0 && *at != '\n') {
            uint32_t used = add_character(&text, at, bytes);
            at += used;
            bytes -= used;
            if (text_length(&text) > LOG_BUFFER_BYTES - LOG_ESCAPE_BYTES - 1) {
                written &= system_append(buffer, text_length(&text));
                text_begin(&text, buffer, sizeof buffer);
            }
        }
        text_add_byte(&text, '\n');
        if (bytes > 0) {
            at++;
            bytes--;
        }
        if (bytes == 0 || text_length(&text) > LOG_BUFFER_BYTES - LOG_LINE_BYTES) {
            written &= system_append(buffer, text_length(&text));
            text_begin(&text, buffer, sizeof buffer);
        }
    }
    return written;
}

/* As 2006-01-02T15:04:05.000Z, and a space. */
static void add_time(struct Text *text) {
    struct SystemTime now;
    system_time(&now);
    text_add_padded(text, now.year, 4);
    text_add_byte(text, '-');
    text_add_padded(text, now.month, 2);
    text_add_byte(text, '-');
    text_add_padded(text, now.day, 2);
    text_add_byte(text, 'T');
    text_add_padded(text, now.hour, 2);
    text_add_byte(text, ':');
    text_add_padded(text, now.minute, 2);
    text_add_byte(text, ':');
    text_add_padded(text, now.second, 2);
    text_add_byte(text, '.');
    text_add_padded(text, now.milliseconds, 3);
    text_add(text, "Z ");
}

/* The code point at `at`, and how many bytes it has. Surrogates are decoded, too. */
static uint32_t decode_utf8(const uint8_t *at, uint32_t left, uint32_t *code) {
    uint32_t first = at[0], length, i;
    length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *code = FIRST_BYTE_CODE + first;
    if (length == 1)
        *code = first;
    if (length < 2 || first > 0xF4 || length > left)
        return 1;
    for (i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 1;
    if (length == 2)
        *code = (first & 0x1F) << 6 | (at[1] & 0x3F);
    else if (length == 3 && (first > 0xE0 || at[1] >= 0xA0))
        *code = (first & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
    else if (length == 4 && (first > 0xF0 || at[1] >= 0x90) && (first < 0xF4 || at[1] < 0x90))
        *code = (first & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 |
                (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
    else
        return 1; /* longer than it need be, or beyond the last code point */
    return length;
}

/* Control characters, line separators, bidirectional controls, surrogates. */
static int is_unprintable(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E ||
           code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069) || (code >= 0xD800 && code <= 0xDFFF);
}

static void add_escape(struct Text *text, uint32_t code) {
    const char *digits = "0123456789abcdef";
    uint32_t number = NOT_A_BYTE(code) ? code : code - FIRST_BYTE_CODE;
    if (number > 0xFF) { /* every unprintable one above it has three or four digits */
        text_add(text, "\\u{");
        if (number > 0xFFF)
            text_add_byte(text, digits[number >> 12 & 15]);
        text_add_byte(text, digits[number >> 8 & 15]);
    } else {
        text_add(text, "\\x");
    }
    text_add_byte(text, digits[number >> 4 & 15]);
    text_add_byte(text, digits[number & 15]);
    if (number > 0xFF)
        text_add_byte(text, '}');
}

/* Returns how many bytes it has. */
static uint32_t add_character(struct Text *text, const uint8_t *at, uint32_t left) {
    uint32_t code, i, length = decode_utf8(at, left, &code);
    if (is_unprintable(code)) {
        add_escape(text, code);
        return length;
    }
    for (i = 0; i < length; i++)
        text_add_byte(text, (char)at[i]);
    return length;
}
