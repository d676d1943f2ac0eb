/* SPDX-License-Identifier: MIT */
/* The control block: what the outside reads and writes of a living pool. It stands at the start of
 * the metadata mapping and is found by scanning readable memory for POOL_CONTROL_MAGIC at a page
 * boundary with `self` equal to the address it was found at (the constant alone also occurs in the
 * code that compares against it). Fixed width: every offset is the same in 32-bit and 64-bit
 * processes, every u64 on a multiple of 8. */
#ifndef POOLNV_CONTROL_H
#define POOLNV_CONTROL_H

#include <stdint.h>

#define POOL_CONTROL_MAGIC   0x0A0D564E4C4F4F50ull /* the bytes "POOLNV\r\n" */
#define POOL_CONTROL_VERSION 4u
#define POOL_CONTROL_BYTES   4096u /* room kept for the block at the start of the mapping */

enum PoolStage { POOL_STAGE_EMPTY, POOL_STAGE_PREPARED, POOL_STAGE_ARMING, POOL_STAGE_ARMED };
enum PoolStrategy { POOL_RECYCLE, POOL_BUMP };

/* Groups of hooked functions: of the C runtime, of a game's own heap, of a game's scrap heaps. */
enum PoolLayer { POOL_LAYER_CRT = 1, POOL_LAYER_GAMEHEAP = 2, POOL_LAYER_SCRAPHEAP = 4 };

/* Size classes with a part of the region of their own: requests up to 244 bytes, up to 4 KB, up to
 * 32 KB, and those that get pages of their own. */
enum PoolGroup { POOL_GROUP_SMALL, POOL_GROUP_MEDIUM, POOL_GROUP_LARGE, POOL_GROUP_HUGE };
#define POOL_GROUPS 4u

/* U32(name), I32(name), U64(name), WORDS(name, count of u64), TEXT(name, bytes). In order of
 * address, without gaps; `agent/generated/layout.ts` is printed from this list. */
#define POOL_CONTROL_FIELDS(U32, I32, U64, WORDS, TEXT)                                            \
    U64(magic)            /* POOL_CONTROL_MAGIC; written last by pool_init */                      \
    U32(bytes)            /* sizeof (struct PoolControl); pool_init */                             \
    U32(version)          /* POOL_CONTROL_VERSION; pool_init */                                    \
    U64(self)             /* address of this block; pool_init */                                   \
    U32(pid)              /* process that owns the pool; the agent, after fork the child */        \
    U32(stage)            /* enum PoolStage; the agent */                                          \
    U64(region_base)      /* address of the region; the agent, before pool_init */                 \
    U64(region_bytes)     /* bytes reserved; the agent, before pool_init */                        \
    U64(requested_bytes)  /* bytes the user asked for, may be more than was found; the agent */    \
    U32(strategy)         /* enum PoolStrategy, never changes after pool_init; the agent */        \
    U32(active)           /* 1: new allocations go to the pool; any thread, see pool_set_active */ \
    U64(metadata_bytes)   /* bytes of the metadata mapping; the agent, before pool_init */         \
    U32(layers)           /* enum PoolLayer, together; the agent */                                \
    U32(log_file_bytes)   /* bytes used of log_file, without a terminator; the agent */            \
    U64(log_file_address) /* address of log_file, or of a longer path elsewhere; the agent */      \
    U64(snapshot)         /* address of pool_snapshot; the agent, like the next three */           \
    U64(set_active)       /* address of pool_set_active */                                         \
    U64(reset)            /* address of pool_reset */                                              \
    U64(arm)              /* address of the function that stops the threads and hooks */           \
    U64(quarantine_bytes) /* freed bytes held back from reuse, 0 none; the agent */                \
    U64(prefault_bytes)   /* bytes touched by pool_init, 0 none; the agent */                      \
    WORDS(group_bytes, 4) /* of the region for each enum PoolGroup, 0 its share; the agent */      \
    U64(mailbox)          /* address where hosts leave requests, 0 none; the agent */              \
    U64(desk)             /* address of game_desk, 0 where there is none; the agent */             \
    U64(sample_callers)   /* address of pool_callers_start; the agent, like the next */            \
    U64(callers)          /* address of pool_callers_read */                                       \
    U64(stalled_ns)       /* nanoseconds the other threads stood still while arming; arm */        \
    U32(stopped_threads)  /* threads that stood still; arm */                                      \
    U32(arm_retries)      /* times a thread was caught inside a site and let go; arm */            \
    I32(arm_status)       /* 0, or the negative code of what arm refused */                        \
    U32(reserved)         /* zero */                                                               \
    TEXT(log_file, 1024)  /* path of the log, UTF-8, zero filled; the agent */                     \
    TEXT(program, 512)    /* path of the program, UTF-8, zero filled; the agent */

#define POOL_FIELD_U32(name)          uint32_t name;
#define POOL_FIELD_I32(name)          int32_t name;
#define POOL_FIELD_U64(name)          uint64_t name;
#define POOL_FIELD_WORDS(name, count) uint64_t name[count];
#define POOL_FIELD_TEXT(name, bytes)  char name[bytes];

struct PoolControl {
    POOL_CONTROL_FIELDS(POOL_FIELD_U32, POOL_FIELD_I32, POOL_FIELD_U64, POOL_FIELD_WORDS,
                        POOL_FIELD_TEXT)
};

_Static_assert(sizeof(struct PoolControl) == 1760, "the control block is a public format");
_Static_assert(sizeof(struct PoolControl) <= POOL_CONTROL_BYTES, "the control block has one page");

#endif
