/*
 * A Linux program with one thread, which does hardly anything but allocate, checking the ends of
 * its blocks: wherever it is met, it is likely to be in the middle of malloc, which takes no lock
 * in a program with one thread. Now and then it looks whether it has been told something:
 *
 *   calls      answers with its own count of calls, and of blocks that did not hold what it wrote
 *   counters   the pool's counters, read from the program's own memory; "none" without a pool
 *   quit
 */
#include "find_control.h"
#include "plain_io.h"
#include <poll.h>

#define CALLS_AT_A_TIME 20000
#define BLOCKS          512
#define LARGEST_BYTES   3000

static unsigned char *block[BLOCKS];
static size_t size[BLOCKS];
static uint64_t mallocs, frees, corruptions;

static unsigned char mark_of(unsigned index) { return (unsigned char)(index * 7 + 1); }

static void replace(unsigned index, size_t new_size) {
    unsigned char mark = mark_of(index);
    if (block[index] != 0) {
        corruptions += block[index][0] != mark || block[index][size[index] - 1] != mark;
        free(block[index]);
        frees++;
    }
    block[index] = malloc(new_size);
    size[index] = new_size;
    block[index][0] = block[index][new_size - 1] = mark;
    mallocs++;
}

static int is_told(void) {
    struct pollfd input = {0, POLLIN, 0};
    return poll(&input, 1, 0) != 0;
}

static void say_counters(void) {
    static struct PoolSnapshot snapshot;
    if (!read_own_counters(&snapshot)) {
        say("none");
        return;
    }
#define SAY_NUMBER(name) say_number(#name, snapshot.name);
    POOL_STAT_FIELDS(SAY_NUMBER)
}

static int obey(const char *order) {
    if (is_order(order, "calls")) {
        say_number("mallocs", mallocs);
        say_number("frees", frees);
        say_number("corruptions", corruptions);
    } else if (is_order(order, "counters")) {
        say_counters();
    } else {
        return 0;
    }
    end_answer();
    return 1;
}

int main(void) {
    static char order[256];
    uint64_t random = 1;
    say("ready");
    end_answer();
    for (;;) {
        unsigned i;
        for (i = 0; i < CALLS_AT_A_TIME; i++)
            replace((unsigned)(next_random(&random) % BLOCKS),
                    next_random(&random) % LARGEST_BYTES + 1);
        if (is_told() && !(read_order(order, sizeof order) && obey(order)))
            return 0;
    }
}
