/* SPDX-License-Identifier: MIT */
/* The modules of a 32-bit Windows program, from the loader's list. The loader's lock is not taken:
 * a thread of the program may hold it for as long as it likes. So the list may change at any time:
 * what is read of it is copied with care, and a walk that does not end at its start is repeated. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* winternl.h; in 32-bit programs */
#define TEB_PEB          "0x30"
#define PEB_LDR          0x0Cu
#define LDR_LOADED_FIRST 0x0Cu /* PEB_LDR_DATA.InLoadOrderModuleList */

/* winternl.h, LDR_DATA_TABLE_ENTRY of 32-bit programs, to the end of FullDllName */
struct LoadedModule {
    uint32_t next;
    uint32_t links[5];
    uint32_t base;
    uint32_t entry_point;
    uint32_t bytes;
    uint16_t path_bytes;
    uint16_t path_room;
    uint32_t path; /* address of UTF-16 */
};
_Static_assert(offsetof(struct LoadedModule, base) == 0x18, "DllBase");
_Static_assert(sizeof(struct LoadedModule) == 0x2C, "FullDllName");

#define MODULE_LIMIT 4096u
#define WALKS        3u

static int list_modules(uint32_t list, uint32_t first, uint8_t *data, uint32_t *bytes);
static int add_module(const struct LoadedModule *module, uint8_t *data, uint32_t *bytes);
static uint32_t list_of_modules(void);
static uint32_t path_of(const struct LoadedModule *module, uint16_t *path);

uint32_t system_modules(uint32_t first, uint8_t *data, uint32_t *bytes) {
    uint32_t list = list_of_modules(), i;
    for (i = 0; i < WALKS; i++)
        if (list_modules(list, first, data, bytes))
            break;
    return RESIDENT_OK;
}

/* Returns 1 if it came to the end of the list, or of the page. */
static int list_modules(uint32_t list, uint32_t first, uint8_t *data, uint32_t *bytes) {
    struct ResidentModules *page = (struct ResidentModules *)(void *)data;
    struct LoadedModule module;
    uint32_t at, i;
    page->count = page->next = 0;
    *bytes = sizeof *page;
    if (!system_read(&at, list, sizeof at))
        return 0;
    for (i = 0; at != list && i < MODULE_LIMIT; i++) {
        if (!system_read(&module, at, sizeof module))
            return 0;
        at = module.next;
        if (i < first)
            continue;
        if (!add_module(&module, data, bytes)) {
            page->next = i;
            return 1;
        }
        page->count++;
    }
    return at == list;
}

/* Returns 0 if the page is full. A path that is too long for a page of its own is left out. */
static int add_module(const struct LoadedModule *module, uint8_t *data, uint32_t *bytes) {
    uint16_t path[PATH_CHARACTERS];
    struct ResidentModule *row = (struct ResidentModule *)(void *)(data + *bytes);
    uint32_t path_at = *bytes + (uint32_t)sizeof *row;
    uint32_t characters = path_of(module, path), length = 0;
    int is_first = *bytes == sizeof(struct ResidentModules);
    if (path_at > MAILBOX_DATA_BYTES)
        return 0;
    if (characters != 0 && path_at < MAILBOX_DATA_BYTES)
        length = (uint32_t)wide_to_bytes(UTF_8, 0, path, (int32_t)characters, data + path_at,
                                         (int32_t)(MAILBOX_DATA_BYTES - path_at), 0, 0);
    if (characters != 0 && length == 0 && !is_first)
        return 0;
    row->base = module->base;
    row->bytes = module->bytes;
    row->path_bytes = length;
    *bytes = path_at + length;
    while (*bytes % 8 != 0)
        data[(*bytes)++] = 0;
    return 1;
}
_Static_assert(MAILBOX_DATA_BYTES % 8 == 0, "there is room for the zeros");

/* Copies the path of a module; returns its length, 0 if it can't be read or is too long. */
static uint32_t path_of(const struct LoadedModule *module, uint16_t *path) {
    if (module->path_bytes > 2 * PATH_CHARACTERS ||
        !system_read(path, module->path, module->path_bytes))
        return 0;
    return module->path_bytes / 2u;
}

/* Address of the head of the list, from the thread's block. */
static uint32_t list_of_modules(void) {
    uint32_t block, loader = 0;
    __asm__ __volatile__("movl %%fs:" TEB_PEB ", %0" : "=r"(block));
    system_read(&loader, block + PEB_LDR, sizeof loader);
    return loader + LDR_LOADED_FIRST;
}

#endif
