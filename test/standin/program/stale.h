/* Readers that come too late: for some frames the engine's other threads go on looking at objects
 * that the main thread has freed (psycho heap_analysis.md). Vanilla leaves all but the first 8
 * bytes of such a block as they were until it is used again. */
#ifndef STANDIN_STALE_H
#define STANDIN_STALE_H

#include "block.h"

/* Remembers a block that is about to be freed, if it is of a kind that is read later. Main thread,
 * while the AI threads rest. */
void stale_note(const struct Block *block);

/* Looks at the blocks that were freed in the last frames, and counts in the actor.
 *
 * part, parts: which share of them */
void stale_read(struct Actor *actor, uint32_t part, uint32_t parts);

#endif
