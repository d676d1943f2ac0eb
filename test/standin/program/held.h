/* Blocks of all sizes that are kept on demand: those that were there before anybody attached. */
#ifndef STANDIN_HELD_H
#define STANDIN_HELD_H

#include "actor.h"

/* Takes so many more, one of twelve from the C runtime; returns how many could be had. */
uint32_t held_take(struct Actor *actor, uint32_t count);

/* Checks and frees all of them; returns how many there were. */
uint32_t held_drop(struct Actor *actor);

/* Gives half of them, at random, another size: blocks may move to whoever serves now. */
uint32_t held_resize(struct Actor *actor);

/* Writes into one of them, so that it can be seen that this is found out; returns how many. */
uint32_t held_harm(void);

void held_check(void);
uint32_t held_count(void);

#endif
