/* One call or more of every function that can be hooked, with a look at what it does. */
#ifndef STANDIN_EXERCISE_H
#define STANDIN_EXERCISE_H

#include "game.h"

/* functions: how to reach them. Main thread, between frames.
 *
 * returns: how often something was not as it should be */
uint32_t exercise(const struct Game *functions);

#endif
