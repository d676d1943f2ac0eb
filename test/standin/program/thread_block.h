/* The thread-local storage that the loader gives each thread, as the game's code finds it. */
#ifndef STANDIN_THREAD_BLOCK_H
#define STANDIN_THREAD_BLOCK_H

#include "variables.h"

struct Actor;

struct ThreadBlock {
    uint8_t unknown_000[0x268];
    uint8_t console_mode; /* xNVSE */
    uint8_t unknown_269[0x4b];
    uint32_t memory_context; /* psycho: index into the heap's slots */
    struct Actor *actor;     /* the stand-in's own */
};
AT_OFFSET(ThreadBlock, memory_context, 0x2b4);

static inline struct ThreadBlock *thread_block(void) {
    struct ThreadBlock **blocks;
    __asm__("movl %%fs:0x2c, %0" : "=r"(blocks));
    return blocks[TLS_INDEX];
}

#endif
