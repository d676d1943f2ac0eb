/* SPDX-License-Identifier: MIT */
/* The address space of a 32-bit Windows program. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* winnt.h */
#define MEM_COMMIT    0x1000
#define MEM_FREE      0x10000
#define IS_UNREADABLE (0x01 | 0x100) /* PAGE_NOACCESS, PAGE_GUARD */

/* winnt.h, struct MEMORY_BASIC_INFORMATION of 32-bit programs */
struct MemoryRange {
    uint32_t base;
    uint32_t allocation[2];
    uint32_t bytes;
    uint32_t state;
    uint32_t protection;
    uint32_t type;
};

/* sysinfoapi.h, struct SYSTEM_INFO of 32-bit programs */
struct SystemFacts {
    uint32_t processor;
    uint32_t page_bytes;
    uint32_t lowest;  /* address that programs may use */
    uint32_t highest; /* the last such byte */
    uint32_t unused[5];
};

#ifdef POOLNV_RESIDENT_NATIVE
_Static_assert(sizeof(struct MemoryRange) == sizeof(MEMORY_BASIC_INFORMATION), "its size");
_Static_assert(offsetof(struct MemoryRange, state) == offsetof(MEMORY_BASIC_INFORMATION, State),
               "State");
_Static_assert(sizeof(struct SystemFacts) == sizeof(SYSTEM_INFO), "its size");
_Static_assert(offsetof(struct SystemFacts, highest) ==
                   offsetof(SYSTEM_INFO, lpMaximumApplicationAddress),
               "lpMaximumApplicationAddress");
#endif

#define CURRENT_PROCESS ((void *)(intptr_t)-1)

#define get_system_info ((void(NT *)(struct SystemFacts *))(uintptr_t)POOLNV_GET_SYSTEM_INFO)
#define virtual_query                                                                              \
    ((uintptr_t(NT *)(const void *, struct MemoryRange *, uintptr_t))(                             \
        uintptr_t)POOLNV_VIRTUAL_QUERY)
#define read_process_memory                                                                        \
    ((int32_t(NT *)(void *, const void *, void *, uint32_t, uint32_t *))(                          \
        uintptr_t)POOLNV_READ_PROCESS_MEMORY)
#define copy_string ((char *(NT *)(char *, const void *, int32_t))(uintptr_t)POOLNV_COPY_STRING)

static int next_range(uint32_t at, struct MemoryRange *range);
static int is_readable(uint32_t address, uint32_t bytes);
static int copy_checked(uint8_t *to, uint32_t address, uint32_t bytes);

void system_address_space(struct ResidentSnapshot *out) {
    struct SystemFacts facts;
    struct MemoryRange range;
    uint32_t at, end;
    get_system_info(&facts);
    end = facts.highest + 1;
    out->space_total = end - facts.lowest;
    out->space_free = out->largest_hole = 0;
    out->has_space = 1;
    out->is_lower_bound = resident_state()->is_wine;
    for (at = facts.lowest; at < end && next_range(at, &range); at += range.bytes) {
        if (range.bytes > end - at)
            range.bytes = end - at;
        if (range.state != MEM_FREE)
            continue;
        out->space_free += range.bytes;
        if (range.bytes > out->largest_hole)
            out->largest_hole = range.bytes;
    }
}

/* Wine reads another process's memory, and a process's own, by stopping one of its threads. There,
 * lstrcpynA handles the exception if the memory has gone between the query and the copy. */
int system_read(void *to, uint64_t address, uint32_t bytes) {
    uint32_t copied = 0, from = (uint32_t)address;
    if (address != from || from + bytes < from)
        return 0;
    if (resident_state()->is_wine)
        return is_readable(from, bytes) && copy_checked(to, from, bytes);
    return read_process_memory(CURRENT_PROCESS, HANDLE_OF(from), to, bytes, &copied) &&
           copied == bytes;
}

static int is_readable(uint32_t address, uint32_t bytes) {
    struct MemoryRange range;
    while (bytes != 0) {
        if (!next_range(address, &range) || range.state != MEM_COMMIT ||
            (range.protection & IS_UNREADABLE) != 0)
            return 0;
        if (range.bytes >= bytes)
            return 1;
        address += range.bytes;
        bytes -= range.bytes;
    }
    return 1;
}

/* A string of one byte at a time: a byte of 0 ends a longer one. */
static int copy_checked(uint8_t *to, uint32_t address, uint32_t bytes) {
    char byte_and_end[2];
    uint32_t i;
    for (i = 0; i < bytes; i++) {
        if (copy_string(byte_and_end, HANDLE_OF(address + i), sizeof byte_and_end) == 0)
            return 0;
        to[i] = (uint8_t)byte_and_end[0];
    }
    return 1;
}

/* From an address to the end of its range; 0 at the end of the address space. */
static int next_range(uint32_t at, struct MemoryRange *range) {
    if (virtual_query(HANDLE_OF(at), range, sizeof *range) == 0)
        return 0;
    range->bytes -= at - range->base;
    return range->bytes != 0;
}

#endif
