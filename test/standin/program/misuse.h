/* What the engine does wrong and the vanilla heap bears: freeing twice, freeing in the middle of a
 * block (psycho gheap_large_modlist_compatibility.md). */
#ifndef STANDIN_MISUSE_H
#define STANDIN_MISUSE_H

#include "actor.h"

/* Frees one block twice and one in its middle, and looks whether that did harm. Main thread, while
 * nobody else uses the heap: what is freed twice must not be somebody's by then. */
void misuse_heap(struct Actor *actor);

/* Frees so far that must have freed nothing. */
uint32_t misuses(void);

#endif
