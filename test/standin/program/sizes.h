/* How large the game's blocks are (psycho pool.rs: 8 and 16 bytes by the million, 80 and 96 hot,
 * bursts of 1024 to 1280 and of 2286 to 2560). */
#ifndef STANDIN_SIZES_H
#define STANDIN_SIZES_H

#include "actor.h"

#define SIZE_FROM_NUMBERS 16 /* sizes that size_of_number tells apart */

/* A size at random, also 0 now and then: models have lists of no length, which must be there. */
uint32_t random_size(struct Actor *actor);

/* One of the sizes that a saved game is made of; about 330 bytes on average. */
uint32_t size_of_number(uint32_t number);

#endif
