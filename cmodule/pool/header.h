/* SPDX-License-Identifier: MIT */
/* Headers of blocks: the 12 bytes in front of the user bytes. */
#ifndef POOLNV_HEADER_H
#define POOLNV_HEADER_H

#include <stdint.h>

#define POOL_MAGIC_LIVE  0xDEADBEEFu
#define POOL_MAGIC_FREE  0xFEEDF4EEu
#define POOL_MAGIC_INNER 0xA119A119u
#define POOL_HEADER      12u /* bytes of a header */
#define POOL_FIRST       16u /* offset of the first user bytes in a run */

/* User bytes are 16-byte aligned, in the tiny class 8-byte aligned. A header belongs to the owner
 * of its block: the program, the thread that caches it, or its span. The user bytes of a free block
 * are not written. */
struct AllocHeader {
    uint32_t size;  /* live: bytes requested. Free, in a span: offset of the next free block, 0 ends
                       the list. Free, in a cache: undefined */
    uint32_t tag;   /* POOL_TAG of the block; stale while the block is free in a cache */
    uint32_t magic; /* POOL_MAGIC_LIVE or POOL_MAGIC_FREE */
};

/* In front of an over-aligned pointer that is not the start of its block; may be unaligned. */
struct InnerHeader {
    uint32_t size;     /* bytes requested */
    uint32_t distance; /* bytes back to the user bytes of the enclosing block */
    uint32_t magic;    /* POOL_MAGIC_INNER */
};

_Static_assert(sizeof(struct AllocHeader) == POOL_HEADER, "header of a block");
_Static_assert(sizeof(struct InnerHeader) == POOL_HEADER, "header inside a block");

/* Checksum of a header: its size, its address and the key of its kind of block. Any two keys differ
 * in at least eight bits, so that damage or a copy elsewhere never turns one key into another. */
#define POOL_TAG(size, user, key) ((uint32_t)(uintptr_t)(user) ^ (uint32_t)(size) ^ (key))
#define POOL_KEY_OF(header, user) ((header)->tag ^ (header)->size ^ (uint32_t)(uintptr_t)(user))
#define POOL_HEADER_OF(user)      ((struct AllocHeader *)((char *)(user)-POOL_HEADER))

#define POOL_HASH_FACTOR      0x9E3779B1u /* prime next to 2^32 / golden ratio (Knuth) */
#define POOL_CLASS_KEY(index) (((uint32_t)(index) + 1) * POOL_HASH_FACTOR)
#define POOL_KEY_LARGE        0xB5297A4Du
#define POOL_KEY_BUMP         0x68E31DA5u

/* Writes the header of the block at `user`, with its tag. */
void pool_header_write(void *user, uint32_t size, uint32_t key, uint32_t magic);

#endif
