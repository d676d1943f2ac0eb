/* The two AI threads: they run from the start in the middle of a frame to the join at its end. */
#ifndef STANDIN_AI_H
#define STANDIN_AI_H

#include <stdint.h>

#define AI_THREADS 2

/* Makes the threads. Once.
 *
 * steps: how much each does in a frame */
void ai_construct(uint32_t seed, uint32_t steps);

/* Main thread: lets them run, waits for both. */
void ai_start(void);
void ai_join(void);

/* Looks at their blocks, while they rest. */
void ai_check(void);

#endif
