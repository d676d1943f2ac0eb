/*
 * The victim as a program whose code takes the addresses of malloc and free. Where it is not
 * position-independent, its linker makes the stubs through which it calls them the addresses of
 * both, for the whole process.
 */

#define _GNU_SOURCE
#include <stdlib.h>

void *(*volatile address_of_malloc)(size_t);
void (*volatile address_of_free)(void *);

__attribute__((constructor)) static void take_addresses(void) {
    address_of_malloc = malloc;
    address_of_free = free;
}

#include "victim.c"
