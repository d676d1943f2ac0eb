/* The manager of saved games: finds the file of a name, looks whether it is one, begins to load it.
 */
#include "console.h"
#include "findings.h"
#include "loading.h"
#include "settings.h"
#include "memory.h"
#include "text.h"
#include "variables.h"

/* Begin of every saved game: the magic word and the length of the header that follows them (xNVSE,
 * MO2 game_gamebryo). */
#define MAGIC        "FO3SAVEGAME"
#define MAGIC_BYTES  11
#define HEADER_BEGIN 15

static const char *open_save(const char *path, HANDLE *file, uint32_t *bytes);

unsigned char __thiscall vanilla_saves_load(struct SaveManager *saves, const char *name,
                                            uint32_t device, unsigned char statistics,
                                            unsigned char quiet) {
    char path[SAVE_NAME_MOST];
    HANDLE file;
    uint32_t bytes;
    const char *fault;
    (void)device, (void)statistics, (void)quiet;
    require_main_thread("loading a saved game");
    if (saves != SAVE_MANAGER)
        note_finding(VIOLATION, "another object is to load a saved game", saves, 0);
    if (saves->loading)
        return 0;
    game.saves_path(saves, name, path, 0);
    fault = open_save(path, &file, &bytes);
    if (fault != 0) {
        console_say("Could not load \"%s\": %s", name, fault);
        return 0;
    }
    loading_begin(name, file, bytes);
    return 1;
}

unsigned char __thiscall vanilla_saves_load_quicksave(struct SaveManager *saves) {
    return game.saves_load(saves, "quicksave", 0, 0, 0);
}

void __thiscall vanilla_saves_reload(struct SaveManager *saves) {
    game.saves_load(saves, loading_last()->name, 0, 0, 0);
}

unsigned char __cdecl vanilla_saves_is_loading(void) { return SAVE_MANAGER->loading; }

void __thiscall vanilla_saves_folder(struct SaveManager *saves, char *path) {
    struct Text text = text_in(path, SAVE_NAME_MOST);
    (void)saves;
    text_add(&text, settings.saves);
    text_add(&text, "\\");
}

void __thiscall vanilla_saves_path(struct SaveManager *saves, const char *name, char *path,
                                   unsigned char temporary) {
    char file[SAVE_NAME_MOST];
    struct Text text = text_in(path, SAVE_NAME_MOST);
    game.saves_file_name(saves, name, file);
    text_add(&text, settings.saves);
    text_add(&text, "\\");
    text_add(&text, file);
    if (temporary)
        text_add(&text, ".tmp");
}

void __thiscall vanilla_saves_file_name(struct SaveManager *saves, const char *name, char *file) {
    struct Text text = text_in(file, SAVE_NAME_MOST);
    (void)saves;
    text_add(&text, name);
    text_add(&text, ".fos");
}

/* Opens a file that is a saved game as far as its header tells.
 *
 * returns: null, or what is wrong with it */
static const char *open_save(const char *path, HANDLE *file, uint32_t *bytes) {
    uint8_t head[HEADER_BEGIN];
    DWORD got = 0, header_bytes;
    *file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, 0, OPEN_EXISTING,
                        0, 0);
    if (*file == INVALID_HANDLE_VALUE)
        return "there is no such file";
    *bytes = GetFileSize(*file, 0);
    if (!ReadFile(*file, head, sizeof head, &got, 0))
        got = 0;
    memcpy(&header_bytes, head + MAGIC_BYTES, sizeof header_bytes);
    if (got == sizeof head && *bytes > HEADER_BEGIN && memcmp(head, MAGIC, MAGIC_BYTES) == 0 &&
        header_bytes <= *bytes - HEADER_BEGIN) {
        *bytes -= HEADER_BEGIN;
        return 0;
    }
    CloseHandle(*file);
    return "it is no saved game";
}
