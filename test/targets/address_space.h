/* Takes the address space away from the program that it is in: reserved, not used. */
#ifndef TEST_ADDRESS_SPACE_H
#define TEST_ADDRESS_SPACE_H

#include "portable.h"

#ifdef _WIN32
#define reserve_range(bytes)        VirtualAlloc(0, (bytes), MEM_RESERVE, PAGE_NOACCESS)
#define release_range(range, bytes) VirtualFree((range), 0, MEM_RELEASE)
#define NO_RANGE                    0
#else
#include <sys/mman.h>
#define reserve_range(bytes)                                                                       \
    mmap(0, (bytes), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
#define release_range(range, bytes) munmap((range), (bytes))
#define NO_RANGE                    MAP_FAILED
#endif

#define RANGE_LIMIT 8192
#define RANGE_MOST  ((size_t)256 << 20)
#define RANGE_LEAST 65536u

static struct {
    void *start;
    size_t bytes;
} hoarded[RANGE_LIMIT];
static unsigned hoarded_count;

/* Megabytes taken; nothing of 64 KB is left, where there was not too much. */
static uint64_t hoard_address_space(void) {
    uint64_t taken = 0;
    size_t bytes = RANGE_MOST;
    while (bytes >= RANGE_LEAST && hoarded_count < RANGE_LIMIT) {
        void *range = reserve_range(bytes);
        if (range == NO_RANGE) {
            bytes /= 2;
            continue;
        }
        hoarded[hoarded_count].start = range;
        hoarded[hoarded_count++].bytes = bytes;
        taken += bytes;
    }
    return taken >> 20;
}

static void release_address_space(void) {
    while (hoarded_count != 0) {
        hoarded_count--;
        release_range(hoarded[hoarded_count].start, hoarded[hoarded_count].bytes);
    }
}

#endif
