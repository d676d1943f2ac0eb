/* What the command line says. */
#ifndef STANDIN_SETTINGS_H
#define STANDIN_SETTINGS_H

#include <stdint.h>

#define SETTING_TEXT_MOST 260

struct Settings {
    uint32_t fps;         /* --fps N: frames in a second; 0: as many as there can be */
    uint32_t calls;       /* --calls N: about so many allocation calls in a frame */
    uint32_t cells;       /* --cells N: blocks of 8 and 16 bytes that are always there */
    uint32_t hold;        /* --hold N: blocks of all sizes held before the first frame */
    uint32_t load_factor; /* --load-factor N: bytes allocated for each byte of a saved game; 16 at
                             most */
    uint32_t seed;        /* --seed N: of all random numbers */
    uint32_t misuse;      /* --misuse 0: nothing is freed twice or in its middle */
    uint32_t stale;       /* --stale 0: nothing that was freed is read */
    uint32_t seconds;     /* --seconds N: ends by itself then; 0: does not */
    char saves[SETTING_TEXT_MOST];      /* --saves FOLDER: where saved games are */
    char crashes_by[SETTING_TEXT_MOST]; /* --crashes-by SAVE: dies a while after it is loaded */
    char hangs_by[SETTING_TEXT_MOST];   /* --hangs-by SAVE: runs no frame from then on */
    char unpacks_without[SETTING_TEXT_MOST]; /* --unpacks-without FILE: a protected program makes
                                                that file and is packed until it is gone */
    char other_replacer[SETTING_TEXT_MOST];  /* --other-replacer DLL: loaded at the start */
};

extern struct Settings settings;

/* Reads the command line over the defaults.
 *
 * returns: null, or what is wrong with it */
const char *settings_read(const char *command_line);

#endif
