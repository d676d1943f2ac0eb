#include "findings.h"

#include "actor.h"
#include "answers.h"
#include "frame.h"
#include "text.h"
#include "variables.h"

#define TOLD_MOST 20 /* on standard error; who floods it is waited for by nobody */

static volatile LONG counts[FINDING_KINDS];
static volatile LONG told;
static char first[240] = "none";

static const char *const kind_names[FINDING_KINDS] = {"corruption", "wrong", "violation"};

void note_finding(enum Finding kind, const char *what, const void *at, uint32_t number) {
    char line[240];
    struct Text text = TEXT_IN(line);
    LONG nth = InterlockedIncrement(&told);
    InterlockedIncrement(&counts[kind]);
    if (nth > TOLD_MOST)
        return;
    text_add(&text, kind_names[kind]);
    text_add(&text, ": ");
    text_add(&text, what);
    text_add(&text, " at 0x");
    text_add_number(&text, (uintptr_t)at, 16, 8);
    text_add(&text, ", ");
    text_add_number(&text, number, 10, 1);
    text_add(&text, ", in frame ");
    text_add_number(&text, frames_done(), 10, 1);
    text_add(&text, ", by ");
    text_add(&text, actor_here()->name);
    if (nth == 1)
        memcpy(first, line, sizeof first);
    text_add(&text, "\n");
    tell_error(line);
}

void require_main_thread(const char *function) {
    if (GetCurrentThreadId() != MAIN->thread_id)
        note_finding(VIOLATION, function, 0, GetCurrentThreadId());
}

uint32_t finding_count(enum Finding kind) { return (uint32_t)counts[kind]; }

const char *first_finding(void) { return first; }
