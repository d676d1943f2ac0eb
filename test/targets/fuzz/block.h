/* The model of one live block. What must be in it follows from its identity and nothing else, so
 * that bytes of any other block in it are noticed. */
#ifndef TEST_FUZZ_BLOCK_H
#define TEST_FUZZ_BLOCK_H

#include "../portable.h"

struct FuzzBlock {
    unsigned char *at;  /* 0: there is none */
    size_t size;        /* bytes asked for, all of which the pattern fills */
    size_t alignment;   /* at + offset is a multiple of it */
    size_t offset;      /* Windows' _aligned_offset_ functions; else 0 */
    uint32_t identity;  /* of the pattern */
    uint8_t is_aligned; /* made by Windows' _aligned_ functions: only they may free or resize it */
};

/* Words may stand anywhere: an offset may leave a block unaligned. */
typedef uint32_t __attribute__((aligned(1), may_alias)) fuzz_word_t;

#define FUZZ_STEP 0x9E3779B1u

static unsigned char fuzz_byte(uint32_t identity, size_t index) {
    uint32_t word = identity + (uint32_t)(index / 4) * FUZZ_STEP;
    return (unsigned char)(word >> index % 4 * 8);
}

/* Writes the pattern to the bytes from .. size - 1. */
static void fuzz_fill(const struct FuzzBlock *block, size_t from) {
    size_t index = from;
    uint32_t word;
    for (; index < block->size && index % 4 != 0; index++)
        block->at[index] = fuzz_byte(block->identity, index);
    word = block->identity + (uint32_t)(index / 4) * FUZZ_STEP;
    for (; index + 4 <= block->size; index += 4, word += FUZZ_STEP)
        *(fuzz_word_t *)(block->at + index) = word;
    for (; index < block->size; index++)
        block->at[index] = fuzz_byte(block->identity, index);
}

/* Whether the first `size` bytes have the pattern. */
static int fuzz_holds(const struct FuzzBlock *block, size_t size) {
    size_t index;
    uint32_t word = block->identity, wrong = 0;
    for (index = 0; index + 4 <= size; index += 4, word += FUZZ_STEP)
        wrong |= *(const fuzz_word_t *)(block->at + index) ^ word;
    for (; index < size; index++)
        wrong |= block->at[index] ^ fuzz_byte(block->identity, index);
    return wrong == 0;
}

/* Whether the bytes from .. size - 1 are zero. */
static int fuzz_is_zero(const struct FuzzBlock *block, size_t from) {
    size_t index = from;
    uint32_t wrong = 0;
    for (; index + 4 <= block->size; index += 4)
        wrong |= *(const fuzz_word_t *)(block->at + index);
    for (; index < block->size; index++)
        wrong |= block->at[index];
    return wrong == 0;
}

#endif
