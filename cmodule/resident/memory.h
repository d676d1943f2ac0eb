/* SPDX-License-Identifier: MIT */
/* Copying and clearing memory, of which there must be no other's copy in the code. */
#ifndef POOLNV_RESIDENT_MEMORY_H
#define POOLNV_RESIDENT_MEMORY_H

#include <stddef.h>

void *memset(void *to, int byte, size_t bytes);
void *memcpy(void *to, const void *from, size_t bytes);

#ifdef __TINYC__
/* The compiler calls these, too, to initialise and assign structures. Without definitions here it
 * would link to Frida's copies. */
void *memset(void *to, int byte, size_t bytes) {
    void *at = to;

    __asm__ __volatile__("rep; stosb" : "+D"(at), "+c"(bytes) : "a"(byte) : "memory");
    return to;
}
void *memcpy(void *to, const void *from, size_t bytes) {
    void *at = to;

    __asm__ __volatile__("rep; movsb" : "+D"(at), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}
/* Structures do not overlap. */
void *memmove(void *to, const void *from, size_t bytes) { return memcpy(to, from, bytes); }
#endif

#endif
