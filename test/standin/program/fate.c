#include "fate.h"

#include "game.h"
#include "settings.h"
#include "text.h"

#define FRAMES   30 /* from the end of the loading on */
#define STILL_MS 1000

static uint32_t frames_to_crash, frames_to_hang;
static volatile uint32_t *const nowhere = 0;

void fate_is_loaded(const char *name) {
    if (text_is_same(name, settings.crashes_by, SETTING_TEXT_MOST))
        frames_to_crash = FRAMES;
    if (text_is_same(name, settings.hangs_by, SETTING_TEXT_MOST))
        frames_to_hang = FRAMES;
}

void fate_meet(void) {
    if (frames_to_crash != 0 && --frames_to_crash == 0)
        *nowhere = 1;
    while (frames_to_hang == 1)
        Sleep(STILL_MS);
    if (frames_to_hang != 0)
        frames_to_hang--;
}
