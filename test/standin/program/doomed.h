/* Blocks that are to be destroyed by the main thread, whoever took them: the queue that the game
 * drains in each frame at 0x00868850. */
#ifndef STANDIN_DOOMED_H
#define STANDIN_DOOMED_H

#include "block.h"

#define DOOMED_SENDERS 2 /* AI threads */

/* Main thread. Destroys at once where the queue has no room. */
void doomed_add(struct Actor *actor, struct Block block);

/* From an AI thread, by its number; 0 where there is no room, and the block stays with the caller.
 */
int doomed_send(unsigned sender, struct Block block);

/* Frees what is in the queue, so many blocks at most. Main thread, while the AI threads rest. */
void doomed_destroy(struct Actor *actor, uint32_t most);

void doomed_check(void);

#endif
