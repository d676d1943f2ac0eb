/* The stub of a protected program, in its section `.bind`: the game's code is scrambled until it
 * has run. */
#include "game.h"

__attribute__((section(".bind"), used)) void protected_entry(void) {
    uint32_t *word;
    DWORD before;
    VirtualProtect((void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT, PAGE_EXECUTE_READWRITE, &before);
    for (word = (uint32_t *)GAME_TEXT; word < (uint32_t *)GAME_TEXT_END; word++)
        *word ^= GAME_SCRAMBLE;
    VirtualProtect((void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT, before, &before);
    FlushInstructionCache(GetCurrentProcess(), (void *)GAME_TEXT, GAME_TEXT_END - GAME_TEXT);
    ((void (*)(void))GAME_ENTRY)();
}
