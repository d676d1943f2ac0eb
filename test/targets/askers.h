/* Functions that ask for memory and have names, so that a list of callers can be compared with what
 * they did. */
#ifndef TEST_ASKERS_H
#define TEST_ASKERS_H

#include <stdlib.h>

#ifdef _WIN32
#define NAMED __attribute__((noinline)) __declspec(dllexport)
#else
#define NAMED __attribute__((noinline))
#endif

NAMED void ask_often(void);
NAMED void ask_seldom(void);
NAMED void ask_for_both(unsigned often, unsigned seldom);

/* Keeps the calls from being the last thing their functions do. */
static void *volatile asked;

/* Makes a function have a frame pointer, as those of the game do. */
static void *volatile frame;
#define HAVE_FRAME (frame = __builtin_frame_address(0))

NAMED void ask_often(void) {
    HAVE_FRAME;
    asked = malloc(48);
    free(asked);
}

NAMED void ask_seldom(void) {
    HAVE_FRAME;
    asked = malloc(3000);
    free(asked);
}

/* Spread evenly over one another. */
NAMED void ask_for_both(unsigned often, unsigned seldom) {
    unsigned total = often + seldom, step, balance = 0;

    HAVE_FRAME;
    for (step = 0; step < total; step++) {
        balance += seldom;
        if (balance >= total) {
            balance -= total;
            ask_seldom();
        } else {
            ask_often();
        }
    }
}

#endif
