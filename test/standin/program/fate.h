/* What becomes of the game by certain saved games, as --crashes-by and --hangs-by name them. Main
 * thread. */
#ifndef STANDIN_FATE_H
#define STANDIN_FATE_H

/* A saved game has been loaded. */
void fate_is_loaded(const char *name);

/* Once a frame. Does not return when the time has come. */
void fate_meet(void);

#endif
