/* SPDX-License-Identifier: MIT */
/* The desk: where agents leave work that only the game's main thread may do, and where that thread
 * looks once in each frame. A line of script is run as the game's console runs it; a text is
 * printed to the console. The game's thread never waits here, and never enters JavaScript.
 *
 * What stands in front of the text: POOLNV_DESK (address of a zeroed struct Desk), ORIGINAL_frame,
 * and the game's functions DESK_CONSOLE_MANAGER, DESK_CONSOLE_PRINT, DESK_SCRIPT_CONSTRUCT,
 * DESK_SCRIPT_MARK_TEMPORARY, DESK_SCRIPT_SET_TEXT, DESK_SCRIPT_RUN, DESK_SCRIPT_DESTROY. */
#ifndef POOLNV_GAME_DESK_H
#define POOLNV_GAME_DESK_H

#include "platform.h"

#define DESK_SLOTS      8u
#define DESK_TEXT_BYTES 512u /* with its terminator; the game's console cuts at 500 */

/* What game_desk() is asked for. */
enum DeskOrder {
    DESK_RUN,    /* leave a line of script */
    DESK_PRINT,  /* leave a text to print */
    DESK_STATE,  /* how far a ticket is, as an enum DeskState */
    DESK_CANCEL, /* take a ticket back, if nobody has begun with it: 1 when it was */
    DESK_FRAMES  /* frames since the hook, modulo 2^32 */
};

enum DeskState {
    DESK_FREE,    /* also of a ticket that nobody knows any more */
    DESK_FILLING, /* an agent writes to it */
    DESK_WAITING, /* for the next frame */
    DESK_RUNNING, /* the game's thread is at it */
    DESK_DONE,    /* the game said that it did it */
    DESK_FAILED   /* the game said that it did not */
};

/* A ticket, above its state: both change at once, so that nobody takes work of another for his. */
#define DESK_STATE_BITS     3
#define DESK_WORD(t, s)     ((uint32_t)(t) << DESK_STATE_BITS | (s))
#define DESK_TICKET(word)   ((word) >> DESK_STATE_BITS)
#define DESK_STATE_OF(word) ((word) & ((1u << DESK_STATE_BITS) - 1))

struct DeskSlot {
    uint32_t word;  /* DESK_WORD; changed by compare and exchange where two may want to. The ticket
                       is 0 until somebody waits for the work; the smaller one is served first */
    uint32_t order; /* DESK_RUN or DESK_PRINT */
    char text[DESK_TEXT_BYTES];
};

struct Desk {
    uint32_t frames;  /* written by the game's main thread alone */
    uint32_t serving; /* set while that thread is at a slot: a script may run a frame itself */
    uint32_t waiting; /* slots in DESK_WAITING: what a frame looks at first */
    uint32_t tickets; /* given out */
    struct DeskSlot slots[DESK_SLOTS];
};

/* Answers an agent; any thread. `text` is copied, at most DESK_TEXT_BYTES - 1 bytes of it. Leaving
 * work returns its ticket, or 0 where all slots are taken. */
uint32_t game_desk(uint32_t order, uint32_t ticket, const char *text);

/* Looks for work and does it; the main thread of the game, once a frame. */
void game_desk_frame(void);

#endif
