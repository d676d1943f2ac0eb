/* The stub of a protected program, in its section `.bind`: the game's code is scrambled until it
 * has run. */
#include "game.h"
#include "settings.h"

#define PACKED_MS 20 /* between looks for the file that ends it */

static void wait_packed(void);

__attribute__((section(".bind"), used)) void protected_entry(void) {
    uint32_t *word;
    DWORD before;
    wait_packed();
    VirtualProtect((void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT, PAGE_EXECUTE_READWRITE, &before);
    for (word = (uint32_t *)GAME_TEXT; word < (uint32_t *)GAME_TEXT_END; word++)
        *word ^= GAME_SCRAMBLE;
    VirtualProtect((void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT, before, &before);
    FlushInstructionCache(GetCurrentProcess(), (void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT);
    ((void (*)(void))GAME_ENTRY)();
}

static void wait_packed(void) {
    HANDLE file = INVALID_HANDLE_VALUE;
    settings_read(GetCommandLineA());
    while (settings.unpacks_with[0] != 0 && file == INVALID_HANDLE_VALUE) {
        Sleep(PACKED_MS);
        file = CreateFileA(settings.unpacks_with, GENERIC_READ, FILE_SHARE_READ, 0, OPEN_EXISTING,
                           FILE_ATTRIBUTE_NORMAL, 0);
    }
}
