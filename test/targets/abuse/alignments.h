/* Alignments: all that make sense, and some that don't. */
#ifndef TEST_ABUSE_ALIGNMENTS_H
#define TEST_ABUSE_ALIGNMENTS_H

#include "pointers.h"

#define INNER_BYTES 12 /* in front of an over-aligned pointer */

static void expect_aligned(unsigned char *block, size_t alignment, size_t size) {
    EXPECT(block != 0);
    EXPECT(((uintptr_t)block & (alignment - 1)) == 0);
    if (block != 0)
        fill(block, size);
}

#ifdef _WIN32
static void put_aligned(unsigned char *block, size_t size) {
    int inside = is_inside(block);
    unsigned char mark = mark_of(block);
    expect_intact(block, size, mark);
    note_free(block);
    _aligned_free(block);
    if (inside)
        expect_intact(launder(block), size, mark);
}

static void align(uint64_t *random) {
    size_t alignment = (size_t)1 << next_random(random) % 17, size = any_size(random);
    unsigned char *block = _aligned_malloc(size, alignment), *moved, mark;
    size_t next = any_size(random);
    expect_aligned(block, alignment, size);
    mark = mark_of(block);
    moved = _aligned_realloc(block, next, alignment);
    ledger.reallocs += is_inside(block);
    EXPECT(moved != 0);
    expect_intact(moved, size < next ? size : next, mark);
    expect_aligned(moved, alignment, next);
#ifdef _UCRT
    EXPECT(_aligned_msize(moved, alignment, 0) == next);
#endif
    put_aligned(moved, next);
}

static void align_nonsense(uint64_t *random) {
    size_t size = impossible_size(random);
    EXPECT(_aligned_malloc(size, (size_t)1 << next_random(random) % 31) == 0);
}

/* A second free, an underrun, and a pointer that is none. */
static void misuse_aligned(uint64_t *random) {
    size_t alignment = (size_t)32 << next_random(random) % 8, size = 1 + any_size(random) % 5000;
    unsigned char *block = _aligned_malloc(size, alignment);
    expect_aligned(block, alignment, size);
    if (is_inside(block)) {
        note_corrupt_free();
        _aligned_free(launder(block + 1 + next_random(random) % size));
    }
    put_aligned(block, size);
    if (is_inside(block) && !pool.bumps) {
        note_double_free();
        _aligned_free(launder(block));
    }
    note_corrupt_free();
    _aligned_free(launder(wild_pointer(random)));
}
#else
static void align(uint64_t *random) {
    size_t alignment = (size_t)1 << next_random(random) % 17, size = any_size(random);
    unsigned char *block, *moved, mark;
    void *out = 0;
    int inside;
    size_t next;
    errno = ERRNO_MARK;
    switch (next_random(random) % 5) {
    case 0:
        block = memalign(alignment, size);
        break;
    case 1:
        block = aligned_alloc(alignment, size);
        break;
    case 2:
        alignment = 4096;
        block = valloc(size);
        break;
    case 3:
        alignment = 4096;
        block = pvalloc(size);
        break;
    default:
        if (alignment < sizeof(void *))
            alignment = sizeof(void *);
        EXPECT(posix_memalign(&out, alignment, size) == 0);
        block = out;
    }
    EXPECT(!is_inside(block) || errno == ERRNO_MARK);
    expect_aligned(block, alignment, size);
    EXPECT(size_of(block) >= size);
    mark = mark_of(block);
    if (next_random(random) % 2 == 0) {
        next = any_size(random);
        moved = realloc(block, next);
        ledger.reallocs++;
        EXPECT(moved != 0);
        expect_intact(moved, size < next ? size : next, mark);
        fill(moved, next);
        block = moved;
        size = next;
    }
    mark = mark_of(block);
    inside = is_inside(block);
    put_checked(block, size);
    if (inside)
        expect_intact(launder(block), size, mark);
}

static void align_nonsense(uint64_t *random) {
    static const size_t nonsense[] = {0, 1, 2, 3, 5, 12, 24, 4097};
    size_t alignment = nonsense[next_random(random) % (sizeof nonsense / sizeof *nonsense)];
    size_t size = any_size(random);
    char untouched;
    void *out = &untouched;
    unsigned char *block;
    EXPECT(posix_memalign(&out, alignment, size) == EINVAL);
    EXPECT(posix_memalign(&out, 64, impossible_size(random)) == ENOMEM);
    EXPECT(out == &untouched);
    errno = 0;
    EXPECT(memalign((size_t)16 << next_random(random) % 20, impossible_size(random)) == 0);
    EXPECT(errno == ENOMEM);
    errno = 0;
    EXPECT(valloc(impossible_size(random)) == 0);
    EXPECT(errno == ENOMEM);
    EXPECT(pvalloc(impossible_size(random)) == 0);
    block = memalign(alignment, size);
    EXPECT(block != 0);
    if (block != 0) {
        fill(block, size);
        put_checked(block, size);
    }
    if (next_random(random) % 256 == 0) { /* a gigabyte, which the original may or may not have */
        block = memalign((size_t)1 << 30, size);
        EXPECT(((uintptr_t)block & (((size_t)1 << 30) - 1)) == 0);
        put(block);
    }
}

/* A second free, an underrun, and a pointer that is none. */
static void misuse_aligned(uint64_t *random) {
    size_t alignment = (size_t)32 << next_random(random) % 8, size = 2 + any_size(random) % 5000;
    unsigned char *block = launder(memalign(alignment, size)), byte, *last;
    expect_aligned(block, alignment, size);
    if (is_inside(block)) {
        last = block - 1 - next_random(random) % 4;
        byte = *last;
        *last ^= (unsigned char)(1 + next_random(random) % 255);
        free_corrupt(block);
        realloc_corrupt(block, size);
        *last = byte;
        free_corrupt(interior_pointer(block, size, random));
    }
    put_checked(block, size);
    if (is_inside(block)) {
        note_double_free();
        free(launder(block));
    }
}
#endif

#endif
