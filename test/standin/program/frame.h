/* The frame function and the parts of a frame. */
#ifndef STANDIN_FRAME_H
#define STANDIN_FRAME_H

#include <stdint.h>

/* How long frames took, in microseconds, since the last reset. */
struct FrameTimes {
    uint32_t frames;
    uint32_t longest;
    uint64_t sum;
};

/* Sets up what the frames work with, before the first one.
 *
 * calls: about how many allocation calls all threads make in a frame */
void frame_construct(uint32_t seed, uint32_t calls);

/* Frames since the program began. Any thread. */
uint32_t frames_done(void);

/* Main thread. */
struct FrameTimes frame_times(void);
void frame_times_reset(void);

/* Cleanings up that somebody asked for by 0x011F636C. */
uint32_t frame_compactions(void);

/* Looks at the contents of every block that the frames' work keeps. Between frames, with no IO task
 * at work. */
void frame_check_blocks(void);

#endif
