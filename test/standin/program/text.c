#include "text.h"

#include <stddef.h>

/* How an argument of a format is to be written. */
struct Directive {
    unsigned width;
    unsigned precision; /* of decimals; of a text, how many characters at most */
    char filler;
    char kind;
};

static const char *read_directive(const char *format, struct Directive *directive);
static void add_argument(struct Text *text, const struct Directive *directive,
                         const uint32_t **argument);
static void add_padded(struct Text *text, const struct Directive *directive, const char *more);
static void add_decimal(struct Text *text, double value, unsigned decimals);

struct Text text_in(char *buffer, uint32_t capacity) {
    struct Text text = {buffer, 0, capacity};
    buffer[0] = 0;
    return text;
}

void text_add(struct Text *text, const char *more) {
    while (*more != 0)
        text_add_character(text, *more++);
}

void text_add_character(struct Text *text, char character) {
    if (text->length + 1 >= text->capacity)
        return;
    text->characters[text->length++] = character;
    text->characters[text->length] = 0;
}

void text_add_number(struct Text *text, uint64_t number, unsigned base, unsigned digits) {
    char reversed[24];
    unsigned count = 0;
    while (number != 0 || count == 0 || (count < digits && count < sizeof reversed)) {
        uint32_t digit;
        number = divide(number, base, &digit);
        reversed[count++] = "0123456789abcdef"[digit];
    }
    while (count != 0)
        text_add_character(text, reversed[--count]);
}

void text_add_formatted(struct Text *text, const char *format, const void *arguments) {
    const uint32_t *argument = arguments;
    while (*format != 0) {
        struct Directive directive;
        if (*format != '%') {
            text_add_character(text, *format++);
            continue;
        }
        format = read_directive(format + 1, &directive);
        add_argument(text, &directive, &argument);
    }
}

int text_is_same(const char *one, const char *other, uint32_t length) {
    uint32_t i;
    for (i = 0; i < length; i++) {
        char a = one[i], b = other[i];
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
        if (a != b)
            return 0;
        if (a == 0)
            break;
    }
    return 1;
}

uint32_t text_read_number(const char *text, unsigned base, const char **rest) {
    uint32_t value = 0;
    while (*text == ' ')
        text++;
    if (base == 16 && text[0] == '0' && (text[1] | 32) == 'x')
        text += 2;
    for (;; text++) {
        unsigned digit = *text >= '0' && *text <= '9' ? (unsigned)(*text - '0')
                         : (*text | 32) >= 'a' && (*text | 32) <= 'f'
                             ? (unsigned)((*text | 32) - 'a' + 10)
                             : 16;
        if (digit >= base)
            break;
        value = value * base + digit;
    }
    *rest = text;
    return value;
}

uint64_t divide(uint64_t value, uint32_t divisor, uint32_t *rest) {
    uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
    uint32_t high_quotient = high / divisor, quotient;
    __asm__("divl %4" : "=a"(quotient), "=d"(*rest) : "a"(low), "d"(high % divisor), "r"(divisor));
    return (uint64_t)high_quotient << 32 | quotient;
}

static const char *read_directive(const char *format, struct Directive *directive) {
    directive->filler = *format == '0' ? '0' : ' ';
    directive->width = 0;
    directive->precision = ~0u;
    while (*format == '-' || *format == '+' || *format == '#')
        format++;
    while (*format >= '0' && *format <= '9')
        directive->width = directive->width * 10 + (unsigned)(*format++ - '0');
    if (*format == '.') {
        format++;
        directive->precision = 0;
        while (*format >= '0' && *format <= '9')
            directive->precision = directive->precision * 10 + (unsigned)(*format++ - '0');
    }
    while (*format == 'l' || *format == 'h')
        format++;
    directive->kind = *format;
    return *format == 0 ? format : format + 1;
}

static void add_argument(struct Text *text, const struct Directive *directive,
                         const uint32_t **argument) {
    char written[32];
    struct Text number = TEXT_IN(written);
    const char *told;
    switch (directive->kind) {
    case '%':
        text_add_character(text, '%');
        return;
    case 's':
        told = (const char *)*(*argument)++;
        add_padded(text, directive, told == 0 ? "(null)" : told);
        return;
    case 'c':
        text_add_character(text, (char)*(*argument)++);
        return;
    case 'd':
    case 'i':
        if ((int32_t) * *argument < 0)
            text_add_character(&number, '-');
        text_add_number(&number, (int32_t) * *argument < 0 ? 0u - **argument : **argument, 10, 1);
        (*argument)++;
        break;
    case 'u':
        text_add_number(&number, *(*argument)++, 10, 1);
        break;
    case 'x':
    case 'X':
        text_add_number(&number, *(*argument)++, 16, 1);
        break;
    case 'p':
        text_add_number(&number, *(*argument)++, 16, 8);
        break;
    case 'f':
    case 'g':
        add_decimal(&number, *(const double *)*argument,
                    directive->precision == ~0u ? 6 : directive->precision);
        *argument += 2;
        break;
    default:
        text_add(text, "%?");
        return;
    }
    add_padded(text, directive, written);
}

static void add_padded(struct Text *text, const struct Directive *directive, const char *more) {
    unsigned i, length = 0;
    unsigned most = directive->kind == 's' ? directive->precision : ~0u;
    while (more[length] != 0 && length < most)
        length++;
    for (i = length; i < directive->width; i++)
        text_add_character(text, directive->filler);
    for (i = 0; i < length; i++)
        text_add_character(text, more[i]);
}

/* For values that the console shows: rounded, below four thousand million. */
static void add_decimal(struct Text *text, double value, unsigned decimals) {
    double rounding = 0.5;
    unsigned i;
    if (value < 0) {
        text_add_character(text, '-');
        value = -value;
    }
    for (i = 0; i < decimals; i++)
        rounding /= 10;
    value += rounding;
    text_add_number(text, (uint32_t)value, 10, 1);
    if (decimals != 0)
        text_add_character(text, '.');
    for (i = 0; i < decimals; i++) {
        value = (value - (uint32_t)value) * 10;
        text_add_character(text, (char)('0' + (uint32_t)value));
    }
}
