/* Short work with scrap heaps: that of the thread, and one on the stack. */
#ifndef STANDIN_SCRAP_USE_H
#define STANDIN_SCRAP_USE_H

#include "actor.h"

/* Takes and gives back some blocks, newest first but for a few, checking contents and alignment. */
void scrap_use(struct Actor *actor);

#endif
