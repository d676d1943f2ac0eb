/* How long the program as a whole stood still: times in which none of its threads got on with its
 * work. */
#ifndef TEST_PROGRESS_H
#define TEST_PROGRESS_H

#include "portable.h"

/* Microseconds, which wrap after an hour. */
static volatile uint32_t latest_us, longest_us, patch_us;

static const volatile unsigned char *malloc_entry;
static unsigned char unpatched;

static void note_patch(uint32_t gap);

/* A thread that was put to sleep on the way is behind the others: it finds a later time, or fails
 * to exchange the one that it found. */
static void note_progress(void) {
    uint32_t before = latest_us, now = now_us();
    uint32_t gap = now - before;
    if ((int32_t)gap <= 0 || !__sync_bool_compare_and_swap(&latest_us, before, now))
        return;
    if (gap > longest_us)
        longest_us = gap;
    if (patch_us == 0 && *malloc_entry != unpatched)
        note_patch(gap);
}

/* The standstill within which malloc changed: whoever sees the change first comes right after it.
 */
static void note_patch(uint32_t gap) { patch_us = gap; }

static void begin_progress(void) {
    malloc_entry = runtime_function("malloc");
    unpatched = *malloc_entry;
    latest_us = now_us();
    longest_us = patch_us = 0;
}

/* The longest standstill since it was last asked. One that has not ended yet counts to the next. */
static uint32_t take_longest_us(void) {
    uint32_t longest = longest_us;
    longest_us = 0;
    return longest;
}

#endif
