/* Finds the pool's control block in the program's own memory, independently of the agents: the
 * tests must not take the host's word for what is in the target. */
#ifndef TEST_FIND_CONTROL_H
#define TEST_FIND_CONTROL_H

#include "portable.h"
#include "../../cmodule/control.h"
#include "../../cmodule/stats.h"

static int is_control(const struct PoolControl *copy, uint64_t base) {
    return copy->magic == POOL_CONTROL_MAGIC && copy->self == base;
}

/* Ranges may vanish while they are looked at, so they are read through the system. */
#ifdef _WIN32
static struct PoolControl *find_control(void) {
    MEMORY_BASIC_INFORMATION range;
    char *at = 0;
    while (VirtualQuery(at, &range, sizeof range) == sizeof range) {
        struct PoolControl copy;
        if (range.State == MEM_COMMIT && range.Protect == PAGE_READWRITE &&
            ReadProcessMemory(GetCurrentProcess(), range.BaseAddress, &copy, sizeof copy, 0) &&
            is_control(&copy, (uintptr_t)range.BaseAddress))
            return (struct PoolControl *)range.BaseAddress;
        at = (char *)range.BaseAddress + range.RegionSize;
    }
    return 0;
}
#else
#include <fcntl.h>
/* Reads without stdio, which would allocate. */
static struct PoolControl *find_control(void) {
    static char text[1 << 20];
    size_t length = 0;
    ssize_t got;
    char *line, *end;
    struct PoolControl *found = 0;
    int memory = open("/proc/self/mem", O_RDONLY);
    int file = open("/proc/self/maps", O_RDONLY);
    while ((got = read(file, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    close(file);
    text[length] = 0;
    for (line = text; (end = strchr(line, '\n')) != 0; line = end + 1) {
        char *rest;
        unsigned long first = strtoul(line, &rest, 16);
        unsigned long last = strtoul(rest + 1, &rest, 16);
        struct PoolControl copy;
        if (strncmp(rest, " rw-p", 5) == 0 && last - first >= POOL_CONTROL_BYTES &&
            pread64(memory, &copy, sizeof copy, (off64_t)first) == (ssize_t)sizeof copy &&
            is_control(&copy, first)) {
            found = (struct PoolControl *)first;
            break;
        }
    }
    close(memory);
    return found;
}
#endif

/* All counters as the pool itself reports them; 0 when the program has no pool. */
static int read_own_counters(struct PoolSnapshot *snapshot) {
    struct PoolControl *control = find_control();
    if (control == 0 || control->stage != POOL_STAGE_ARMED)
        return 0;
    ((void (*)(struct PoolSnapshot *))(uintptr_t)control->snapshot)(snapshot);
    return 1;
}

#endif
