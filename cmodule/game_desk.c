/* SPDX-License-Identifier: MIT */
#include "game_desk.h"

#include "engine_call.h"

#ifdef POOLNV_DESK

#define DESK ((struct Desk *)POOLNV_DESK)

/* Of a Script object, which its constructor fills (xNVSE, GameScript.cpp). */
#define SCRIPT_BYTES 0x54

static uint32_t serve(const struct DeskSlot *slot);
static int run_line(const char *line);
static int print_text(const char *text);
static struct DeskSlot *oldest(uint32_t state, uint32_t *word);
static uint32_t leave(uint32_t order, const char *text);
static uint32_t state_of(uint32_t ticket);
static uint32_t cancel(uint32_t ticket);

void game_desk_frame(void) {
    struct Desk *desk = DESK;
    struct DeskSlot *slot;
    uint32_t served, word, ticket;

    POOL_STORE(desk->frames, desk->frames + 1);
    if (POOL_LOAD(desk->waiting) == 0 || desk->serving)
        return;
    desk->serving = 1;
    for (served = 0; served < DESK_SLOTS && (slot = oldest(DESK_WAITING, &word)) != NULL;
         served++) {
        ticket = DESK_TICKET(word);
        if (!pool_swap_if(&slot->word, word, DESK_WORD(ticket, DESK_RUNNING)))
            continue; /* taken back meanwhile */
        POOL_ADD(desk->waiting, (uint32_t)-1);
        POOL_RELEASE(slot->word, DESK_WORD(ticket, serve(slot)));
    }
    desk->serving = 0;
}

uint32_t game_desk(uint32_t order, uint32_t ticket, const char *text) {
    switch (order) {
    case DESK_RUN:
    case DESK_PRINT:
        return leave(order, text);
    case DESK_STATE:
        return state_of(ticket);
    case DESK_CANCEL:
        return cancel(ticket);
    case DESK_FRAMES:
        return POOL_LOAD(DESK->frames);
    default:
        return 0;
    }
}

/* ---- the game's thread ---- */

static uint32_t serve(const struct DeskSlot *slot) {
    int done = slot->order == DESK_RUN ? run_line(slot->text) : print_text(slot->text);
    return done ? DESK_DONE : DESK_FAILED;
}

/* Its first field is the context of the scripts that it runs. */
static void **console_manager(void) { return ((void **(*)(uint32_t))DESK_CONSOLE_MANAGER)(1); }

/* The console's own way (xNVSE, RunScriptLine2): a temporary script in the console's context. */
static int run_line(const char *line) {
    unsigned char script[SCRIPT_BYTES];
    void **console = console_manager();
    uintptr_t ran;

    if (console == NULL)
        return 0;
    memset(script, 0, sizeof script);
    engine_call_0(DESK_SCRIPT_CONSTRUCT, script);
    engine_call_0(DESK_SCRIPT_MARK_TEMPORARY, script);
    engine_call_1(DESK_SCRIPT_SET_TEXT, script, (uintptr_t)line);
    ran = engine_call_3(DESK_SCRIPT_RUN, script, (uintptr_t)*console, 1, 0);
    engine_call_0(DESK_SCRIPT_DESTROY, script);
    return (ran & 0xFF) != 0; /* a bool in al */
}

/* The game takes a format and a list of arguments, which on this processor is where they stand. */
static int print_text(const char *text) {
    void **console = console_manager();
    const char *arguments[1];

    if (console == NULL)
        return 0;
    arguments[0] = text;
    engine_call_2(DESK_CONSOLE_PRINT, console, (uintptr_t) "%s", (uintptr_t)arguments);
    return 1;
}

/* The slot in that state that was left first, and its word; or NULL. */
static struct DeskSlot *oldest(uint32_t state, uint32_t *word) {
    struct DeskSlot *found = NULL;
    uint32_t index, seen;

    for (index = 0; index < DESK_SLOTS; index++) {
        seen = POOL_ACQUIRE(DESK->slots[index].word);
        if (DESK_STATE_OF(seen) != state || (found != NULL && (int32_t)(seen - *word) >= 0))
            continue;
        found = &DESK->slots[index];
        *word = seen;
    }
    return found;
}

/* ---- the agents ---- */

/* A free slot; or that of the oldest work whose result nobody has asked for any more. */
static struct DeskSlot *take_slot(void) {
    static const uint32_t takeable[] = {DESK_FREE, DESK_DONE, DESK_FAILED};
    uint32_t index, word;

    for (index = 0; index < sizeof takeable / sizeof takeable[0]; index++) {
        struct DeskSlot *slot;
        while ((slot = oldest(takeable[index], &word)) != NULL)
            if (pool_swap_if(&slot->word, word, DESK_WORD(0, DESK_FILLING)))
                return slot;
    }
    return NULL;
}

static uint32_t leave(uint32_t order, const char *text) {
    struct DeskSlot *slot = take_slot();
    uint32_t at, ticket;

    if (slot == NULL)
        return 0;
    do
        ticket = DESK_TICKET((POOL_ADD(DESK->tickets, 1) + 1) << DESK_STATE_BITS);
    while (ticket == 0);
    for (at = 0; at < DESK_TEXT_BYTES - 1 && text[at] != 0; at++)
        slot->text[at] = text[at];
    slot->text[at] = 0;
    slot->order = order;
    POOL_RELEASE(slot->word, DESK_WORD(ticket, DESK_WAITING));
    POOL_ADD(DESK->waiting, 1);
    return ticket;
}

/* The slot of a ticket, and its word; or NULL. */
static struct DeskSlot *slot_of(uint32_t ticket, uint32_t *word) {
    uint32_t index;

    for (index = 0; index < DESK_SLOTS; index++) {
        *word = POOL_ACQUIRE(DESK->slots[index].word);
        if (ticket != 0 && DESK_TICKET(*word) == ticket)
            return &DESK->slots[index];
    }
    return NULL;
}

static uint32_t state_of(uint32_t ticket) {
    uint32_t word;

    return slot_of(ticket, &word) != NULL ? DESK_STATE_OF(word) : DESK_FREE;
}

static uint32_t cancel(uint32_t ticket) {
    uint32_t word;
    struct DeskSlot *slot = slot_of(ticket, &word);

    if (slot == NULL || DESK_STATE_OF(word) != DESK_WAITING ||
        !pool_swap_if(&slot->word, word, DESK_WORD(0, DESK_FREE)))
        return 0;
    POOL_ADD(DESK->waiting, (uint32_t)-1);
    return 1;
}

#endif
