/* The stub of a protected program, in its section `.bind`: the game's code is scrambled until it
 * has run. */
#include "game.h"
#include "settings.h"

#define PACKED_MS 20 /* between looks whether the file is gone */

static void wait_packed(void);
static HANDLE open_sign(DWORD how);

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

/* The file tells that all of the program is loaded. */
static void wait_packed(void) {
    HANDLE file;
    settings_read(GetCommandLineA());
    if (settings.unpacks_without[0] == 0)
        return;
    CloseHandle(open_sign(CREATE_ALWAYS));
    while ((file = open_sign(OPEN_EXISTING)) != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
        Sleep(PACKED_MS);
    }
}

static HANDLE open_sign(DWORD how) {
    return CreateFileA(settings.unpacks_without, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                       0, how, FILE_ATTRIBUTE_NORMAL, 0);
}
