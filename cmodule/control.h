/* SPDX-License-Identifier: MIT */
/* The control block: what agents and hosts read and write of a live pool. It is at the start of the
 * metadata mapping. They find it by scanning readable memory for POOL_CONTROL_MAGIC at a page
 * boundary, with `self` equal to its address (the constant alone also occurs in the code that
 * compares with it). Every offset is the same in 32-bit and 64-bit processes, every u64 at a
 * multiple of 8. */
#ifndef POOLNV_CONTROL_H
#define POOLNV_CONTROL_H

#include <stdint.h>

#define POOL_CONTROL_MAGIC   0x0A0D564E4C4F4F50ull /* the bytes "POOLNV\r\n" */
#define POOL_CONTROL_VERSION 6u
#define POOL_CONTROL_BYTES   4096u /* reserved for the block at the start of the mapping */

enum PoolStage { POOL_STAGE_EMPTY, POOL_STAGE_PREPARED, POOL_STAGE_PATCHING, POOL_STAGE_HOOKED };
enum PoolStrategy { POOL_RECYCLE, POOL_BUMP };
enum PoolSystem { POOL_SYSTEM_LINUX = 1, POOL_SYSTEM_WINDOWS = 2 };

/* Layers of hooked functions: the C runtime, a game's own heap, a game's scrap heaps. */
enum PoolLayer { POOL_LAYER_CRT = 1, POOL_LAYER_GAMEHEAP = 2, POOL_LAYER_SCRAPHEAP = 4 };

/* Parts of the region, by size of the request: up to 244 bytes, up to 4 KB, up to 32 KB, and those
 * above, which get whole pages. */
enum PoolArena { POOL_ARENA_SMALL, POOL_ARENA_MEDIUM, POOL_ARENA_LARGE, POOL_ARENA_HUGE };
#define POOL_ARENAS 4u

/* U32(name), I32(name), U64(name), WORDS(name, count of u64), TEXT(name, bytes). In order of
 * address, without gaps; `shared/layout.ts` is printed from this list. */
#define POOL_CONTROL_FIELDS(U32, I32, U64, WORDS, TEXT)                                            \
    U64(magic)            /* POOL_CONTROL_MAGIC; written last by pool_init */                      \
    U32(bytes)            /* sizeof (struct PoolControl); pool_init */                             \
    U32(version)          /* POOL_CONTROL_VERSION; pool_init */                                    \
    U64(self)             /* address of this block; pool_init */                                   \
    U32(pid)              /* process that owns the pool; the agent, after fork the child */        \
    U32(stage)            /* enum PoolStage; the agent */                                          \
    U64(region_base)      /* address of the region; the agent, before pool_init */                 \
    U64(region_bytes)     /* bytes reserved; the agent, before pool_init */                        \
    U64(requested_bytes)  /* bytes requested, may be more than could be reserved; the agent */     \
    U32(strategy)         /* enum PoolStrategy, never changes after pool_init; the agent */        \
    U32(active)           /* 1: new allocations go to the pool; any thread, see pool_set_active */ \
    U64(metadata_bytes)   /* bytes of the metadata mapping; the agent, before pool_init */         \
    U64(snapshot)         /* address of pool_snapshot; the agent, like the next three */           \
    U64(set_active)       /* address of pool_set_active */                                         \
    U64(reset)            /* address of pool_reset */                                              \
    U64(write_hooks)      /* address of pool_write_hooks; the agent */                             \
    U64(quarantine_bytes) /* freed bytes whose reuse is delayed, 0 none; the agent */              \
    U64(prefault_bytes)   /* bytes touched by pool_init, 0 none; the agent */                      \
    WORDS(arena_bytes, 4) /* of the region for each enum PoolArena, 0 default; the agent */        \
    U64(mailbox)          /* address of the struct Mailbox, 0 none; the agent */                   \
    U64(main_thread)      /* address of main_thread_queue, 0 none; the agent */                    \
    U64(sampler_start)    /* address of pool_sampler_start; the agent, like the next */            \
    U64(sampler_read)     /* address of pool_sampler_read */                                       \
    U64(stalled_ns)       /* nanoseconds the other threads were suspended; write_hooks */          \
    U32(suspended_threads) /* threads that were suspended; write_hooks */                          \
    U32(patch_retries)     /* tries in which a thread was inside a site; write_hooks */            \
    I32(patch_status)      /* enum PatchStatus of the last call; write_hooks */                    \
    U32(layers)            /* enum PoolLayer, or'ed; the agent */                                  \
    U64(start_resident)    /* address of resident_start; the agent */                              \
    U32(requests)          /* RESIDENT_LAST_REQUEST; the agent, like the next three */             \
    U32(system)            /* enum PoolSystem */                                                   \
    U32(pointer_bytes)     /* 4 or 8 */                                                            \
    U32(has_mailbox_file)  /* Windows: 1 if hosts reach it by a file, too */                       \
    U32(resident_pid)      /* process in which the resident runs, not a forked child; resident */  \
    U32(wake_thread)       /* Linux: thread id of the resident in the program's pid namespace */   \
    U32(wake_descriptor)   /* Linux: in its own table, a pipe: a byte wakes it; 0 none */          \
    U32(unused)                                                                                    \
    TEXT(game, 64)       /* id of the game's profile, or empty; the agent */                       \
    TEXT(log_file, 1024) /* path of the log, UTF-8, zero filled; the agent */                      \
    TEXT(program, 512)   /* path of the program, UTF-8, zero filled; the agent */

#define POOL_FIELD_U32(name)          uint32_t name;
#define POOL_FIELD_I32(name)          int32_t name;
#define POOL_FIELD_U64(name)          uint64_t name;
#define POOL_FIELD_WORDS(name, count) uint64_t name[count];
#define POOL_FIELD_TEXT(name, bytes)  char name[bytes];

struct PoolControl {
    POOL_CONTROL_FIELDS(POOL_FIELD_U32, POOL_FIELD_I32, POOL_FIELD_U64, POOL_FIELD_WORDS,
                        POOL_FIELD_TEXT)
};

_Static_assert(sizeof(struct PoolControl) == 1848, "the control block is a public format");
_Static_assert(sizeof(struct PoolControl) <= POOL_CONTROL_BYTES, "the control block has one page");

#endif
