/* What loading a saved game does to memory: all that the last one brought is destroyed, the file is
 * read part by part, and blocks are made in proportion to it. Takes several frames. Main thread. */
#ifndef STANDIN_LOADING_H
#define STANDIN_LOADING_H

#include "io.h"

#define SAVE_NAME_MOST 260

/* Begins; the manager's flag is set until the end.
 *
 * file: open, at its begin; closed at the end
 * bytes: its size, more than 0 */
void loading_begin(const char *name, HANDLE file, uint32_t bytes);

/* Destroys a part of what was there before, or ends the loading when everything is there. */
void loading_step(struct Actor *actor);

/* Gives the IO thread the next part of the file; 0 where there is none to be read now. */
int loading_begin_task(void);

void loading_adopt(struct Actor *actor, const struct IoResult *result);

int loading_is_going_on(void);

/* Of what has been loaded so far. */
struct Loaded {
    uint32_t loads;                /* that came to their end */
    uint32_t milliseconds, frames; /* of the last one */
    uint32_t blocks;               /* that it brought */
    uint64_t bytes;                /* in them */
    char name[SAVE_NAME_MOST];     /* as it was asked for */
};
const struct Loaded *loading_last(void);

void loading_check_blocks(void);

#endif
