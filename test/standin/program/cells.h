/* Millions of the smallest blocks: they live long, and a few are replaced in each frame. */
#ifndef STANDIN_CELLS_H
#define STANDIN_CELLS_H

#include "actor.h"

/* Takes so many, two of three with 8 bytes, the others with 16. Once. */
void cells_take(struct Actor *actor, uint32_t count);

/* Replaces some by others. Main thread. */
void cells_turn_over(struct Actor *actor, uint32_t count);

/* Looks at the contents of all. */
void cells_check(void);

uint32_t cells_count(void);

#endif
