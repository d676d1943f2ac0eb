/* Objects that the IO thread makes while the player moves on, and the main thread destroys. */
#ifndef STANDIN_WORLD_H
#define STANDIN_WORLD_H

#include "block.h"

/* Takes over what the IO thread has made; the oldest objects make room. Main thread. */
void world_adopt(struct Actor *actor, const struct Block *blocks, uint32_t count);

/* Destroys nearly all of it, as when cells are left. Main thread. */
void world_purge(struct Actor *actor);

void world_check(void);

#endif
