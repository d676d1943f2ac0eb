/* SPDX-License-Identifier: MIT */
/* The program's address space: what is mapped, and memory that may not be. */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

/* A 32-bit program has 4 GB under a 64-bit kernel and 3 GB under one of 32 bits. */
#define THREE_GB 0xC0000000ull
#define FOUR_GB  0x100000000ull

struct maps_reader {
    uint64_t number; /* hexadecimal digits so far */
    uint64_t from;   /* of the range, once its end is being read */
    uint32_t field;  /* 0 in the first address, 1 in the second, 2 in the rest of the line */
    uint32_t unused;
    uint64_t covered; /* end of the highest range so far */
};

static void read_character(struct maps_reader *reader, struct ResidentSnapshot *out, char byte);
static void add_hole(struct ResidentSnapshot *out, uint64_t bytes);

void system_address_space(struct ResidentSnapshot *out) {
    char *buffer = (char *)resident_state()->scratch;
    struct maps_reader reader;
    long file, length, at;
    out->has_space = 0;
    out->is_lower_bound = 0;
    out->space_total = 0;
    out->space_free = 0;
    out->largest_hole = 0;
    if (sizeof(void *) != 4)
        return;
    file = linux_call(__NR_openat, (long)AT_FDCWD, "/proc/self/maps", (long)O_RDONLY);
    if (file < 0)
        return;
    reader.number = 0;
    reader.from = 0;
    reader.field = 0;
    reader.covered = 0;
    while ((length = linux_call(__NR_read, file, buffer,
                                (long)sizeof(((struct Resident *)0)->scratch))) > 0)
        for (at = 0; at < length; at++)
            read_character(&reader, out, buffer[at]);
    linux_call(__NR_close, file);
    out->space_total = reader.covered > THREE_GB ? FOUR_GB : THREE_GB;
    if (reader.covered < out->space_total)
        add_hole(out, out->space_total - reader.covered);
    out->has_space = 1;
}

/* Lines begin with the addresses of a range, which ascend: "08048000-0804c000 r-xp ...". */
static void read_character(struct maps_reader *reader, struct ResidentSnapshot *out, char byte) {
    if (byte == '\n') {
        reader->field = 0;
        reader->number = 0;
    } else if (reader->field == 0 && byte == '-') {
        reader->from = reader->number;
        reader->field = 1;
        reader->number = 0;
    } else if (reader->field == 1 && byte == ' ') {
        if (reader->from > reader->covered)
            add_hole(out, reader->from - reader->covered);
        if (reader->number > reader->covered)
            reader->covered = reader->number;
        reader->field = 2;
    } else if (reader->field < 2) {
        reader->number =
            reader->number << 4 | (uint32_t)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
    }
}

static void add_hole(struct ResidentSnapshot *out, uint64_t bytes) {
    out->space_free += bytes;
    if (bytes > out->largest_hole)
        out->largest_hole = bytes;
}

int system_read(void *to, uint64_t address, uint32_t bytes) {
    struct kernel_iovec here, there;
    here.iov_base = to;
    here.iov_len = bytes;
    there.iov_base = (void *)(uintptr_t)address;
    there.iov_len = bytes;
    return linux_call(__NR_process_vm_readv, linux_call(__NR_getpid), &here, 1l, &there, 1l, 0l) ==
           (long)bytes;
}

#endif
