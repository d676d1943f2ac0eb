/* Pointers that are no block's, into the pool's region. */
#ifndef TEST_ABUSE_POINTERS_H
#define TEST_ABUSE_POINTERS_H

#include "sizes.h"

#define PAGE_BYTES 8192u /* of the pool */

/* Nothing can be there: blocks begin at multiples of 16, over-aligned ones at multiples of 32,
 * large ones 16 bytes into a page. */
#define NO_BLOCK_IN_PAGE 48u

/* Four tenths belong to blocks with pages of their own, of which only the abuser has any. With bump
 * they are out of reach. */
static size_t first_private_chunk(void) { return pool.bytes / CHUNK_BYTES * 60 / 100 + 1; }

static unsigned char *in_chunk(size_t chunk, uint64_t *random) {
    return pool.base + chunk * CHUNK_BYTES +
           next_random(random) % (CHUNK_BYTES / PAGE_BYTES) * PAGE_BYTES + NO_BLOCK_IN_PAGE;
}

/* The last chunk that is backed by memory. */
static size_t last_committed(void) {
    size_t chunk = pool.bytes / CHUNK_BYTES;
    while (chunk != 0 && !pool.readable[chunk - 1])
        chunk--;
    return chunk == 0 ? 0 : chunk - 1;
}

static unsigned char *wild_pointer(uint64_t *random) {
    static const unsigned from_end[] = {1, 2, 4, 8, 11, 12, 13, 16, 28, 32, 64, 65536 - 48};
    uint64_t dice = next_random(random);
    size_t chunks = pool.bytes / CHUNK_BYTES, chunk = first_private_chunk();
    switch (dice % 5) {
    case 0: /* the first bytes of the region; with bump the first block is at 16 */
        return pool.base + (dice >> 8) % (pool.bumps ? 16 : PAGE_BYTES);
    case 1: /* its last ones */
        return pool.base + pool.bytes -
               from_end[(dice >> 8) % (sizeof from_end / sizeof *from_end)];
    case 2: /* committed for the last of all, and not handed out but for what is large */
        if (!pool.bumps && last_committed() >= chunk)
            return in_chunk(last_committed(), random);
        /* fall through */
    case 3: /* aligned, and hardly ever backed by memory */
        return in_chunk(chunk + (size_t)(next_random(random) % (chunks - chunk)), random);
    default: /* not aligned */
        return in_chunk(chunk + (size_t)(next_random(random) % (chunks - chunk)), random) + 1 +
               (dice >> 8) % 15;
    }
}

/* Not where it begins: aligned as a block would be, or not. */
static unsigned char *interior_pointer(unsigned char *block, size_t size, uint64_t *random) {
    size_t distance = 1 + (size_t)(next_random(random) % (size - 1));
    if (size > 16 && next_random(random) % 2 == 0) {
        distance = (distance + 15) & ~(size_t)15;
        if (distance >= size)
            distance = 16;
    }
    return block + distance;
}

#endif
