/* Time. */
#ifndef STANDIN_CLOCK_H
#define STANDIN_CLOCK_H

#include <stdint.h>

/* Microseconds since the first call. */
uint64_t clock_us(void);

/* Waits until a frame that began then has taken its share of a second.
 *
 * per_second: frames; 0: does not wait */
void clock_pace(uint64_t began_us, uint32_t per_second);

#endif
