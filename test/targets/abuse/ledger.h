/* What a program did to its heap, and what the pool has to have counted of it. */
#ifndef TEST_ABUSE_LEDGER_H
#define TEST_ABUSE_LEDGER_H

#include "../checked_calls.h"
#include "../find_control.h"

/* Where the byte for each 64 KB of the region is, from the start of the control block. */
#define READABLE_OFFSET 0x10000
#define CHUNK_BYTES     0x10000

#define ERRNO_MARK 77 /* no call sets that */

struct Ledger {
    uint64_t misdeeds, frees, reallocs;
    uint64_t doubles, corrupt, ignored, foreign;
    uint64_t corruptions; /* blocks that did not hold what was written */
    uint64_t wrongs;      /* anything else that was not as it must be */
    const char *file;     /* the first of either: */
    unsigned line;
    uint64_t misdeed, size;
};

static struct Ledger ledger;

/* The pool under this program, as its control block has it. */
static struct {
    unsigned char *base;
    size_t bytes;
    const volatile uint8_t *readable; /* for each chunk of the region: committed? */
    int bumps, has_quarantine;
    struct PoolSnapshot snapshot; /* the size classes are in its histogram */
} pool;

static int find_pool(void) {
    struct PoolControl *control = find_control();
    if (control == 0 || !read_own_counters(&pool.snapshot))
        return 0;
    pool.base = (unsigned char *)(uintptr_t)control->region_base;
    pool.bytes = (size_t)control->region_bytes;
    pool.readable = (const volatile uint8_t *)control + READABLE_OFFSET;
    pool.bumps = control->strategy == POOL_BUMP;
    pool.has_quarantine = control->quarantine_bytes != 0;
    return 1;
}

static int is_inside(const void *block) {
    return (uintptr_t)block - (uintptr_t)pool.base < pool.bytes;
}

/* Keeps where the first of all mistakes was. */
static void count_mistake(uint64_t *counter, size_t size, const char *file, unsigned line) {
    ++*counter;
    if (ledger.file != 0)
        return;
    ledger.file = file;
    ledger.line = line;
    ledger.misdeed = ledger.misdeeds;
    ledger.size = size;
}

#define EXPECT(holds)                                                                              \
    do {                                                                                           \
        if (!(holds))                                                                              \
            count_mistake(&ledger.wrongs, 0, __FILE__, __LINE__);                                  \
    } while (0)

#define expect_intact(block, size, mark)                                                           \
    do {                                                                                           \
        if (!is_intact(block, size, mark))                                                         \
            count_mistake(&ledger.corruptions, size, __FILE__, __LINE__);                          \
    } while (0)

/* What the compiler must not know to be freed, or to be no block at all. */
static unsigned char *launder(void *pointer) {
    static void *volatile place;
    place = pointer;
    return place;
}

/* A block that is as it should be, filled; NULL when there was no memory. */
static unsigned char *get(size_t size) {
    unsigned char *block;
    errno = ERRNO_MARK;
    block = launder(malloc(size));
    if (block == 0)
        return 0;
    EXPECT(!is_inside(block) || errno == ERRNO_MARK);
    EXPECT(((uintptr_t)block & (2 * sizeof(void *) - 1)) == 0);
    EXPECT(!is_inside(block) || ((uintptr_t)block & 15) == 0);
    fill(block, size);
    return block;
}

static void note_free(const void *block) {
    ledger.frees++;
    if (block == 0)
        return;
    if (!is_inside(block))
        ledger.foreign++;
    else if (pool.bumps)
        ledger.ignored++;
}

static void put(void *block) {
    note_free(block);
    errno = ERRNO_MARK;
    free(block);
    EXPECT(!is_inside(block) || errno == ERRNO_MARK);
}

#define put_checked(block, size)                                                                   \
    do {                                                                                           \
        expect_intact(block, size, mark_of(block));                                                \
        put(block);                                                                                \
    } while (0)

/* What the pool has to count for a free that is none. */
static void note_corrupt_free(void) {
    ledger.frees++;
    ledger.ignored++;
    ledger.corrupt++;
}

/* One that bumps can't tell a second free from the first. */
static void note_double_free(void) {
    ledger.frees++;
    ledger.ignored++;
    if (!pool.bumps)
        ledger.doubles++;
}

static void free_corrupt(void *pointer) {
    note_corrupt_free();
    free(launder(pointer));
}

/* A pointer to no live block can't be resized, and nothing happens. */
static void realloc_corrupt(void *pointer, size_t size) {
    ledger.reallocs++;
    ledger.corrupt++;
    errno = 0;
    EXPECT(realloc(launder(pointer), size) == 0);
    EXPECT(errno == ENOMEM);
}

static void measure_corrupt(void *pointer) {
    ledger.corrupt++;
    errno = 0;
#ifdef _WIN32
    EXPECT(_msize(launder(pointer)) == (size_t)-1);
    EXPECT(errno == EINVAL);
#else
    EXPECT(malloc_usable_size(launder(pointer)) == 0);
#endif
}

static size_t size_of(void *block) {
#ifdef _WIN32
    return _msize(block);
#else
    return malloc_usable_size(block);
#endif
}

static void say_ledger(void) {
    say_number("misdeeds", ledger.misdeeds);
    say_number("frees", ledger.frees);
    say_number("reallocs", ledger.reallocs);
    say_number("doubles", ledger.doubles);
    say_number("corrupt", ledger.corrupt);
    say_number("ignored", ledger.ignored);
    say_number("foreign", ledger.foreign);
    say_number("corruptions", ledger.corruptions);
    say_number("wrongs", ledger.wrongs);
    if (ledger.file == 0)
        return;
    say_number("first_misdeed", ledger.misdeed);
    say_number("first_size", ledger.size);
    say_number("first_line", ledger.line);
    say("first_file=");
    say(ledger.file);
}

#endif
