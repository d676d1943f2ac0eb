/* SPDX-License-Identifier: MIT */
#include "main_thread.h"

#include "thiscall.h"

#ifdef POOLNV_MAIN_THREAD

#define QUEUE ((struct MainThreadQueue *)POOLNV_MAIN_THREAD)

/* sizeof (Script), which its constructor initialises (xNVSE, GameScript.cpp) */
#define SCRIPT_BYTES 0x54

static uint32_t serve(const struct MainThreadSlot *slot);
static int run_line(const char *line);
static int print_text(const char *text);
static struct MainThreadSlot *oldest(uint32_t state, uint32_t *word);
static uint32_t add(uint32_t op, const char *text);
static uint32_t state_of(uint32_t ticket);
static uint32_t cancel(uint32_t ticket);

void main_thread_frame(void) {
    struct MainThreadQueue *queue = QUEUE;
    struct MainThreadSlot *slot;
    uint32_t served, word, ticket;

    POOL_STORE(queue->frames, queue->frames + 1);
    if (POOL_LOAD(queue->waiting) == 0 || queue->serving)
        return;
    queue->serving = 1;
    for (served = 0;
         served < MAIN_THREAD_SLOTS && (slot = oldest(MAIN_THREAD_WAITING, &word)) != NULL;
         served++) {
        ticket = MAIN_THREAD_TICKET(word);
        if (!pool_swap_if(&slot->word, word, MAIN_THREAD_WORD(ticket, MAIN_THREAD_RUNNING)))
            continue; /* cancelled */
        POOL_ADD(queue->waiting, (uint32_t)-1);
        POOL_RELEASE(slot->word, MAIN_THREAD_WORD(ticket, serve(slot)));
    }
    queue->serving = 0;
}

uint32_t main_thread_queue(uint32_t op, uint32_t ticket, const char *text) {
    switch (op) {
    case MAIN_THREAD_RUN:
    case MAIN_THREAD_PRINT:
        return add(op, text);
    case MAIN_THREAD_STATE:
        return state_of(ticket);
    case MAIN_THREAD_CANCEL:
        return cancel(ticket);
    case MAIN_THREAD_FRAMES:
        return POOL_LOAD(QUEUE->frames);
    default:
        return 0;
    }
}

/* ---- on the main thread ---- */

static uint32_t serve(const struct MainThreadSlot *slot) {
    int done = slot->order == MAIN_THREAD_RUN ? run_line(slot->text) : print_text(slot->text);
    return done ? MAIN_THREAD_DONE : MAIN_THREAD_FAILED;
}

/* The console; its first field is the context of the scripts it runs. */
static void **console_manager(void) { return ((void **(*)(uint32_t))GAME_CONSOLE_MANAGER)(1); }

/* As the console does it (xNVSE, RunScriptLine2): a temporary script in the console's context. */
static int run_line(const char *line) {
    unsigned char script[SCRIPT_BYTES];
    void **console = console_manager();
    uintptr_t ran;

    if (console == NULL)
        return 0;
    memset(script, 0, sizeof script);
    thiscall_0(GAME_SCRIPT_CONSTRUCT, script);
    thiscall_0(GAME_SCRIPT_MARK_TEMPORARY, script);
    thiscall_1(GAME_SCRIPT_SET_TEXT, script, (uintptr_t)line);
    ran = thiscall_3(GAME_SCRIPT_RUN, script, (uintptr_t)*console, 1, 0);
    thiscall_0(GAME_SCRIPT_DESTROY, script);
    return (ran & 0xFF) != 0; /* a bool in al */
}

/* The game's function takes a format and a va_list, which on i386 is a pointer to the arguments. */
static int print_text(const char *text) {
    void **console = console_manager();
    const char *arguments[1];

    if (console == NULL)
        return 0;
    arguments[0] = text;
    thiscall_2(GAME_CONSOLE_PRINT, console, (uintptr_t) "%s", (uintptr_t)arguments);
    return 1;
}

/* The slot in that state with the smallest ticket, and its word; or NULL. */
static struct MainThreadSlot *oldest(uint32_t state, uint32_t *word) {
    struct MainThreadSlot *found = NULL;
    uint32_t index, seen;

    for (index = 0; index < MAIN_THREAD_SLOTS; index++) {
        seen = POOL_ACQUIRE(QUEUE->slots[index].word);
        if (MAIN_THREAD_STATE_OF(seen) != state || (found != NULL && (int32_t)(seen - *word) >= 0))
            continue;
        found = &QUEUE->slots[index];
        *word = seen;
    }
    return found;
}

/* ---- for the agent ---- */

/* A free slot, else that of the oldest finished work. */
static struct MainThreadSlot *take_slot(void) {
    static const uint32_t takeable[] = {MAIN_THREAD_FREE, MAIN_THREAD_DONE, MAIN_THREAD_FAILED};
    uint32_t index, word;

    for (index = 0; index < sizeof takeable / sizeof takeable[0]; index++) {
        struct MainThreadSlot *slot;
        while ((slot = oldest(takeable[index], &word)) != NULL)
            if (pool_swap_if(&slot->word, word, MAIN_THREAD_WORD(0, MAIN_THREAD_FILLING)))
                return slot;
    }
    return NULL;
}

static uint32_t add(uint32_t op, const char *text) {
    struct MainThreadSlot *slot = take_slot();
    uint32_t at, ticket;

    if (slot == NULL)
        return 0;
    do
        ticket = MAIN_THREAD_TICKET((POOL_ADD(QUEUE->tickets, 1) + 1) << MAIN_THREAD_STATE_BITS);
    while (ticket == 0);
    for (at = 0; at < MAIN_THREAD_TEXT_BYTES - 1 && text[at] != 0; at++)
        slot->text[at] = text[at];
    slot->text[at] = 0;
    slot->order = op;
    POOL_RELEASE(slot->word, MAIN_THREAD_WORD(ticket, MAIN_THREAD_WAITING));
    POOL_ADD(QUEUE->waiting, 1);
    return ticket;
}

/* The slot of a ticket, and its word; or NULL. */
static struct MainThreadSlot *slot_of(uint32_t ticket, uint32_t *word) {
    uint32_t index;

    for (index = 0; index < MAIN_THREAD_SLOTS; index++) {
        *word = POOL_ACQUIRE(QUEUE->slots[index].word);
        if (ticket != 0 && MAIN_THREAD_TICKET(*word) == ticket)
            return &QUEUE->slots[index];
    }
    return NULL;
}

static uint32_t state_of(uint32_t ticket) {
    uint32_t word;

    return slot_of(ticket, &word) != NULL ? MAIN_THREAD_STATE_OF(word) : MAIN_THREAD_FREE;
}

static uint32_t cancel(uint32_t ticket) {
    uint32_t word;
    struct MainThreadSlot *slot = slot_of(ticket, &word);

    if (slot == NULL || MAIN_THREAD_STATE_OF(word) != MAIN_THREAD_WAITING ||
        !pool_swap_if(&slot->word, word, MAIN_THREAD_WORD(0, MAIN_THREAD_FREE)))
        return 0;
    POOL_ADD(QUEUE->waiting, (uint32_t)-1);
    return 1;
}

#endif

#if defined(POOLNV_MAIN_THREAD) && defined(ORIGINAL_frame) && defined(__i386__)

/* Replaces the game's function of each frame, which is then entered with `this` and the stack
 * unchanged. */
__asm__(".globl replace_frame\n"
        "replace_frame:\n"
        "  pushl %ecx\n"
        "  subl $8, %esp\n"
        "  call main_thread_frame\n"
        "  addl $8, %esp\n"
        "  popl %ecx\n"
        "  pushl $" POOL_TEXT(ORIGINAL_frame) "\n"
                                              "  ret\n");

#endif
