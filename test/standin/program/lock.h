/* A lock that needs no memory and no set-up: a word that is 0 while nobody holds it. */
#ifndef STANDIN_LOCK_H
#define STANDIN_LOCK_H

#include "game.h"

#define SPINS_BEFORE_YIELD 100

static inline void lock(volatile LONG *word) {
    unsigned spins = 0;
    while (InterlockedCompareExchange(word, 1, 0) != 0)
        if (++spins % SPINS_BEFORE_YIELD == 0)
            Sleep(0);
}

static inline void unlock(volatile LONG *word) { InterlockedExchange(word, 0); }

#endif
