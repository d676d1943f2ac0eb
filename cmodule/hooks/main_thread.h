/* SPDX-License-Identifier: MIT */
/* Queue of work for the game's main thread. Agents add a line of script, which is run as the game's
 * console runs it, or a text to print to the console; the main thread polls the queue once a frame.
 * It never waits here, and never enters JavaScript.
 *
 * Macros that the agent defines: POOLNV_MAIN_THREAD (address of a zeroed struct MainThreadQueue),
 * ORIGINAL_frame, and the game's functions GAME_CONSOLE_MANAGER, GAME_CONSOLE_PRINT,
 * GAME_SCRIPT_CONSTRUCT, GAME_SCRIPT_MARK_TEMPORARY, GAME_SCRIPT_SET_TEXT, GAME_SCRIPT_RUN,
 * GAME_SCRIPT_DESTROY. */
#ifndef POOLNV_MAIN_THREAD_H
#define POOLNV_MAIN_THREAD_H

#include "../platform/platform.h"
#include "main_thread_ops.h"

#define MAIN_THREAD_SLOTS      8u
#define MAIN_THREAD_TEXT_BYTES 512u /* with its terminator; the game's console cuts at 500 */

enum MainThreadState {
    MAIN_THREAD_FREE,    /* also of a ticket whose slot was reused */
    MAIN_THREAD_FILLING, /* an agent is writing to the slot */
    MAIN_THREAD_WAITING, /* for the next frame */
    MAIN_THREAD_RUNNING, /* on the main thread */
    MAIN_THREAD_DONE,    /* the game reported success */
    MAIN_THREAD_FAILED   /* the game reported failure */
};

/* A ticket, above its state: both change in one exchange, so that no thread takes a slot that was
 * reused for the one it has seen. */
#define MAIN_THREAD_STATE_BITS     3
#define MAIN_THREAD_WORD(t, s)     ((uint32_t)(t) << MAIN_THREAD_STATE_BITS | (s))
#define MAIN_THREAD_TICKET(word)   ((word) >> MAIN_THREAD_STATE_BITS)
#define MAIN_THREAD_STATE_OF(word) ((word) & ((1u << MAIN_THREAD_STATE_BITS) - 1))

struct MainThreadSlot {
    uint32_t word; /* MAIN_THREAD_WORD; written by compare-exchange if two threads may write it. The
                      ticket is 0 until the slot is filled; smaller tickets run first */
    uint32_t order; /* MAIN_THREAD_RUN or MAIN_THREAD_PRINT */
    char text[MAIN_THREAD_TEXT_BYTES];
};

struct MainThreadQueue {
    uint32_t frames;  /* written by the game's main thread alone */
    uint32_t serving; /* 1 while that thread works on a slot: a script may run a frame itself */
    uint32_t waiting; /* slots in MAIN_THREAD_WAITING, which each frame reads first */
    uint32_t tickets; /* given out */
    struct MainThreadSlot slots[MAIN_THREAD_SLOTS];
};

/* Called by an agent; any thread. `text` is copied, at most MAIN_THREAD_TEXT_BYTES - 1 bytes of it.
 * Adding work returns its ticket, or 0 if all slots are in use. */
uint32_t main_thread_queue(uint32_t op, uint32_t ticket, const char *text);

/* Polls for work and runs it; called by the main thread of the game, once a frame. */
void main_thread_frame(void);

#endif
