/* What the compiler calls by itself; there is no C library in this program. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t count) {
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return result;
}

void *memset(void *to, int value, size_t count) {
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
    return result;
}

size_t strlen(const char *text) {
    const char *end = text;
    while (*end != 0)
        end++;
    return (size_t)(end - text);
}

int memcmp(const void *one, const void *other, size_t count) {
    const uint8_t *a = one, *b = other;
    for (; count != 0 && *a == *b; count--) {
        a++;
        b++;
    }
    return count == 0 ? 0 : *a - *b;
}
