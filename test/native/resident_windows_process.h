/* SPDX-License-Identifier: MIT */
/* What the resident says of its process: memory, modules, namesakes, exceptions. */
#ifndef POOLNV_TEST_RESIDENT_WINDOWS_PROCESS_H
#define POOLNV_TEST_RESIDENT_WINDOWS_PROCESS_H

#include "resident_windows.h"

#include <psapi.h>

static const wchar_t *own_path(void) {
    static wchar_t path[600];
    GetModuleFileNameW(NULL, path, 600);
    return path;
}

/* Starts a program of this one's code. */
static HANDLE start_copy(const wchar_t *path, const wchar_t *argument) {
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process = {0};
    wchar_t line[700];
    swprintf(line, 700, L"copy %ls", argument);
    CreateProcessW(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
    CloseHandle(process.hThread);
    return process.hProcess;
}

/* ---- memory ---- */

static void check_reading(void) {
    uint8_t *pages = VirtualAlloc(NULL, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    uint8_t found[64], wanted[64];
    unsigned i;
    DWORD before;
    VirtualAlloc(pages, 0x3000, MEM_COMMIT, PAGE_READWRITE);
    for (i = 0; i < 64; i++)
        wanted[i] = pages[0xFE0 + i] = pages[0x2FC0 + i] = (uint8_t)(i % 5); /* zeros, too */
    VirtualProtect(pages + 0x1000, 0x1000, PAGE_READONLY, &before);
    CHECK("memory of two protections",
          system_read(found, (uintptr_t)pages + 0xFE0, 64) && memcmp(found, wanted, 64) == 0);
    CHECK("to its end",
          system_read(found, (uintptr_t)pages + 0x2FC0, 64) && memcmp(found, wanted, 64) == 0);
    CHECK("not beyond", !system_read(found, (uintptr_t)pages + 0x2FC1, 64));
    CHECK("not what is reserved", !system_read(found, (uintptr_t)pages + 0x3000, 1));
    VirtualProtect(pages + 0x1000, 0x1000, PAGE_NOACCESS, &before);
    CHECK("not what is protected", !system_read(found, (uintptr_t)pages + 0xFE0, 64));
    VirtualProtect(pages + 0x1000, 0x1000, PAGE_READWRITE | PAGE_GUARD, &before);
    CHECK("not a guard", !system_read(found, (uintptr_t)pages + 0xFE0, 64));
    VirtualFree(pages, 0, MEM_RELEASE);
    CHECK("not what is free", !system_read(found, (uintptr_t)pages, 1));
    CHECK("not at 0", !system_read(found, 0, 4));
    CHECK("not beyond 4 GB", !system_read(found, 0x100000000ull + (uintptr_t)wanted, 4));
    CHECK("not around the end", !system_read(found, 0xFFFFFFFEu, 4));
}

static volatile LONG end_race;
static uint8_t *contended;

static DWORD WINAPI come_and_go(void *unused) {
    (void)unused;
    while (!end_race) {
        DWORD before;
        VirtualProtect(contended, 0x1000, PAGE_NOACCESS, &before);
        VirtualProtect(contended, 0x1000, PAGE_READWRITE, &before);
    }
    return 0;
}

static void check_reading_what_goes(void) {
    HANDLE thread;
    uint8_t found[256];
    unsigned read = 0, refused = 0;
    uint32_t start = GetTickCount();
    contended = VirtualAlloc(NULL, 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    end_race = 0;
    thread = CreateThread(NULL, 0, come_and_go, NULL, 0, NULL);
    while ((read < 2000 || refused < 2000) && GetTickCount() - start < 5000) {
        int is_read = system_read(found, (uintptr_t)contended, sizeof found);
        read += is_read != 0;
        refused += is_read == 0;
    }
    end_race = 1;
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    VirtualFree(contended, 0, MEM_RELEASE);
    CHECK("memory that goes while it is read", read != 0 && refused != 0);
}

static void test_memory(void) {
    struct ResidentSnapshot before, after;
    SYSTEM_INFO facts;
    void *taken;
    group_begin("memory");
    check_reading();
    check_reading_what_goes();

    GetSystemInfo(&facts);
    memset(&before, 0xEE, sizeof before);
    system_address_space(&before);
    taken = VirtualAlloc(NULL, 64 << 20, MEM_RESERVE, PAGE_NOACCESS);
    system_address_space(&after);
    CHECK("all of it", before.space_total == (uintptr_t)facts.lpMaximumApplicationAddress + 1ull -
                                                 (uintptr_t)facts.lpMinimumApplicationAddress);
    CHECK("what is free of it", before.space_free - after.space_free == 64 << 20);
    CHECK("the largest hole", before.largest_hole <= before.space_free && before.largest_hole != 0);
    CHECK("that is known", before.has_space == 1);
    CHECK("as a bound, under Wine", before.is_lower_bound == (uint32_t)is_wine());
    taken = VirtualFree(taken, 0, MEM_RELEASE) ? NULL : taken;
    taken = VirtualAlloc(NULL, (SIZE_T)before.largest_hole, MEM_RESERVE, PAGE_NOACCESS);
    CHECK("a hole of that size", taken != NULL);
    VirtualFree(taken, 0, MEM_RELEASE);
}

/* ---- modules ---- */

#define MODULES 512u

static uint64_t data[MAILBOX_DATA_BYTES / 8];

static int has_module(HMODULE wanted, const uint64_t *bases, const uint32_t *sizes,
                      char (*paths)[1024], uint32_t count) {
    MODULEINFO facts;
    wchar_t wide[600];
    char path[1024];
    uint32_t i;
    GetModuleInformation(GetCurrentProcess(), wanted, &facts, sizeof facts);
    GetModuleFileNameW(wanted, wide, 600);
    WideCharToMultiByte(CP_UTF8, 0, wide, -1, path, sizeof path, NULL, NULL);
    for (i = 0; i < count; i++)
        if (bases[i] == (uintptr_t)wanted)
            return sizes[i] == facts.SizeOfImage && strcmp(paths[i], path) == 0;
    return 0;
}

/* Returns how many pages there were, 0 if one was not as it must be. */
static uint32_t read_modules(uint64_t *bases, uint32_t *sizes, char (*paths)[1024],
                             uint32_t *count) {
    uint32_t first = 0, pages = 0, bytes;
    *count = 0;
    do {
        const struct ResidentModules *page = (void *)data;
        uint32_t at = sizeof *page, i;
        memset(data, 0xEE, sizeof data);
        if (system_modules(first, (uint8_t *)data, &bytes) != RESIDENT_OK || bytes > sizeof data)
            return 0;
        for (i = 0; i < page->count && *count < MODULES; i++) {
            const struct ResidentModule *row = (void *)((uint8_t *)data + at);
            bases[*count] = row->base;
            sizes[*count] = row->bytes;
            snprintf(paths[*count], 1024, "%.*s", (int)row->path_bytes, (const char *)(row + 1));
            at += ((uint32_t)sizeof *row + row->path_bytes + 7u) & ~7u;
            (*count)++;
        }
        if (at != bytes || (page->next != 0 && page->next != first + page->count))
            return 0;
        first = page->next;
        pages++;
    } while (first != 0);
    return pages;
}

/* Copies of a library under long names: pages of few rows. */
static uint32_t load_copies(HMODULE *copies, uint32_t count) {
    wchar_t system[300], name[300];
    uint32_t i, loaded = 0;
    GetSystemDirectoryW(system, 260);
    wcscat(system, L"\\version.dll");
    for (i = 0; i < count; i++) {
        swprintf(name, 300, L"%0180u \u00e4\u6f22.dll", i);
        CopyFileW(system, path_in_folder(name), FALSE);
        copies[i] = LoadLibraryW(path_in_folder(name));
        loaded += copies[i] != NULL;
    }
    return loaded;
}

static void test_modules(void) {
    static uint64_t bases[MODULES];
    static uint32_t sizes[MODULES];
    static char paths[MODULES][1024];
    HMODULE copies[20], wanted[MODULES];
    DWORD needed;
    uint32_t count, i, missing = 0, bytes;
    group_begin("modules");
    CHECK("there are many", load_copies(copies, 20) == 20);
    CHECK("in pages", read_modules(bases, sizes, paths, &count) >= 2);
    CHECK("the program is the first", bases[0] == (uintptr_t)GetModuleHandleA(NULL));
    EnumProcessModules(GetCurrentProcess(), wanted, sizeof wanted, &needed);
    CHECK("as many as the system says", count == needed / sizeof(HMODULE));
    for (i = 0; i < needed / sizeof(HMODULE) && i < MODULES; i++)
        missing += !has_module(wanted[i], bases, sizes, paths, count);
    CHECK("the same ones, with size and path", missing == 0);
    for (i = 0; i < 20; i++)
        FreeLibrary(copies[i]);
    CHECK("beyond the last there is none",
          system_modules(1000, (uint8_t *)data, &bytes) == RESIDENT_OK && bytes == 8 &&
              data[0] == 0);
    native_resident.is_wine = 0;
    CHECK("read as on Windows", read_modules(bases, sizes, paths, &i) >= 1 && i == count - 20);
    native_resident.is_wine = (uint32_t)is_wine();
}

/* ---- namesakes ---- */

static int is_namesake(HANDLE process) {
    const uint32_t *pids = (void *)data;
    uint32_t bytes, i;
    if (system_namesakes((uint8_t *)data, &bytes) != RESIDENT_OK)
        return 0;
    for (i = 0; i < bytes / 4; i++)
        if (pids[i] == GetProcessId(process))
            return 1;
    return 0;
}

static void check_copy(const char *what, const wchar_t *name, int wanted) {
    HANDLE copy;
    CopyFileW(own_path(), path_in_folder(name), FALSE);
    copy = start_copy(path_in_folder(name), L"wait");
    Sleep(300);
    CHECK(what, copy != NULL && is_namesake(copy) == wanted);
    TerminateProcess(copy, 0);
    WaitForSingleObject(copy, 5000);
    CloseHandle(copy);
    DeleteFileW(path_in_folder(name));
}

static void test_namesakes(void) {
    wchar_t name[300], changed[300];
    group_begin("namesakes");
    wcscpy(name, wcsrchr(own_path(), L'\\') + 1);
    CHECK("this one is none", !is_namesake(GetCurrentProcess()));
    check_copy("one of the same name", name, 1);
    wcscpy(changed, name);
    CHECK("in other case", _wcsupr(changed) != NULL);
    check_copy("is one, too", changed, 1);
    wcscpy(changed, name);
    wcsrchr(changed, L'.')[0] = 0;
    check_copy("so is one without .exe", changed, 1);
    swprintf(changed, 300, L"x%ls", name);
    check_copy("one with a longer name is not", changed, 0);
}

/* ---- exceptions ---- */

static volatile LONG recorded;
static uint32_t last_kind;
static uint64_t last_address;

void resident_record_exception(uint32_t kind, uint64_t address) {
    last_kind = kind;
    last_address = address;
    InterlockedIncrement(&recorded);
}

extern char faulting_instruction[];

/* The program's handler: goes on behind the instruction. */
static LONG WINAPI handle_all(EXCEPTION_POINTERS *raised) {
    if (raised->ContextRecord->Eip == (DWORD)(uintptr_t)faulting_instruction)
        raised->ContextRecord->Eip += 2;
    if (raised->ExceptionRecord->ExceptionCode == EXCEPTION_BREAKPOINT)
        raised->ContextRecord->Eip += 1;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* Reads the word at 16. */
void fault(void);
void reach_breakpoint(void);
__asm__(".text\n"
        "_fault: movl $16, %eax\n"
        "_faulting_instruction: movl (%eax), %eax\n"
        "ret\n"
        "_reach_breakpoint: int3\n"
        "ret\n"
        ".globl _reach_breakpoint, _fault, _faulting_instruction");

/* Whether it is recorded as of that kind; 0: not at all. */
static int records(DWORD code, uint32_t kind) {
    LONG before = recorded;
    last_kind = 0;
    RaiseException(code, 0, 0, NULL);
    return recorded - before == (kind != 0) && last_kind == kind;
}

static void test_exceptions(void) {
    void *handler = AddVectoredExceptionHandler(0, handle_all);
    LONG before;
    DWORD code;
    group_begin("exceptions");
    fault();
    CHECK("nothing is recorded before", recorded == 0);
    system_watch_exceptions();
    system_watch_exceptions();
    fault();
    CHECK("a fault is recorded once", recorded == 1 && last_kind == RESIDENT_ACCESS_VIOLATION);
    CHECK("by its address", last_address == (uintptr_t)faulting_instruction);
    CHECK("illegal instructions",
          records(EXCEPTION_ILLEGAL_INSTRUCTION, RESIDENT_ILLEGAL_INSTRUCTION));
    CHECK("privileged instructions",
          records(EXCEPTION_PRIV_INSTRUCTION, RESIDENT_ILLEGAL_INSTRUCTION));
    for (code = EXCEPTION_FLT_DENORMAL_OPERAND; code <= EXCEPTION_INT_OVERFLOW; code++)
        CHECK("arithmetic", records(code, RESIDENT_ARITHMETIC));
    CHECK("no stack overflow", records(EXCEPTION_STACK_OVERFLOW, 0));
    CHECK("no exception of C++", records(0xE06D7363, 0));
    before = recorded;
    reach_breakpoint();
    CHECK("no breakpoint", recorded == before);
    windows_own()->thread = GetCurrentThreadId();
    CHECK("none of the resident's own", records(EXCEPTION_ACCESS_VIOLATION, 0));
    windows_own()->thread = 0;
    RemoveVectoredExceptionHandler(handler);
}

/* ---- text ---- */

static void test_text(void) {
    char text[RESIDENT_TEXT_BYTES] = "save \"\xC3\xA4 \xE2\x82\xAC \xE6\xBC\xA2\"", wanted[64];
    group_begin("text for the program");
    WideCharToMultiByte(CP_ACP, 0, L"save \"\u00e4 \u20ac \u6f22\"", -1, wanted, sizeof wanted,
                        NULL, NULL);
    CHECK("in its code page", system_encode(text) && strcmp(text, wanted) == 0);
    memset(text, 'x', sizeof text - 1);
    CHECK("as long as there is room for", system_encode(text) && strlen(text) == sizeof text - 1);
    text[0] = 0;
    CHECK("none", system_encode(text) && text[0] == 0);
}

static void test_process(void) {
    test_memory();
    test_modules();
    test_namesakes();
    test_exceptions();
    test_text();
}

#endif
