/* The console's lines. Main thread only. */
#ifndef STANDIN_CONSOLE_H
#define STANDIN_CONSOLE_H

#include "game.h"

/* Prints a line as the game does: through 0x0071D0A0. */
void console_say(const char *format, ...);

/* Hands every line that is kept to somebody, oldest first, and forgets them all. */
void console_take_lines(void (*taker)(const char *line));

/* Lines that were not kept, because a saved game was being loaded. */
uint32_t console_dropped_lines(void);

#endif
