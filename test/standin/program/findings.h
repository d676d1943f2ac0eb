/* What has gone wrong. Each is told on standard error at once, the first of them again on demand.
 */
#ifndef STANDIN_FINDINGS_H
#define STANDIN_FINDINGS_H

#include "game.h"

enum Finding {
    CORRUPTION, /* contents of a living block changed, or two blocks overlap */
    WRONG,      /* a function did not keep its contract: no block, too small, badly aligned */
    VIOLATION,  /* a function was called in a way that the game would not bear */
    FINDING_KINDS
};

/* Any thread.
 *
 * what: in words; kept
 * at, number: a place and a size or value that help to understand it */
void note_finding(enum Finding kind, const char *what, const void *at, uint32_t number);

/* Notes a violation unless the main thread calls.
 *
 * function: its name; kept */
void require_main_thread(const char *function);

uint32_t finding_count(enum Finding kind);

/* The first one in words, or "none". */
const char *first_finding(void);

#endif
