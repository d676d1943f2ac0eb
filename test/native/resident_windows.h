/* SPDX-License-Identifier: MIT */
/* What the tests of the resident's Windows half share: a folder of their own, files, the Linux side
 * of a Wine, and the resident's thread with a body that the test chooses. */
#ifndef POOLNV_TEST_RESIDENT_WINDOWS_H
#define POOLNV_TEST_RESIDENT_WINDOWS_H

#include <windows.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "check.h"
#include "resident/system_windows.h"

struct Resident native_resident;

/* ---- the resident's thread ---- */

static void (*thread_body)(void);
static volatile LONG stop_wanted;

void resident_run(void) {
    system_begin();
    thread_body();
    system_end();
}

/* Starts the thread, which must not run. */
static void start_resident(void (*body)(void)) {
    stop_wanted = 0;
    thread_body = body;
    CHECK("the thread starts", resident_start() == 0 && native_resident.thread != 0);
}

static void stop_resident(void) {
    InterlockedExchange(&stop_wanted, 1);
    resident_join();
    CHECK("the thread ends", native_resident.thread == 0);
}

static int waits_for(volatile LONG *counter, LONG count, uint32_t milliseconds) {
    uint32_t start = GetTickCount();
    while (*counter < count && GetTickCount() - start < milliseconds)
        Sleep(1);
    return *counter >= count;
}

/* ---- files ---- */

static wchar_t folder[400];

/* A path in the folder; valid until the fourth next call. */
static const wchar_t *path_in_folder(const wchar_t *name) {
    static wchar_t paths[4][600];
    static unsigned next;
    wchar_t *path = paths[next++ % 4];
    swprintf(path, 600, L"%ls\\%ls", folder, name);
    return path;
}

static void make_folder(void) {
    wchar_t temporary[300];
    GetTempPathW(300, temporary);
    swprintf(folder, 400, L"%lsresident %lu \u00e4\u6f22", temporary, GetCurrentProcessId());
    CreateDirectoryW(folder, NULL);
}

static void remove_folder(void) {
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(path_in_folder(L"*"), &found);
    if (search != INVALID_HANDLE_VALUE) {
        do
            DeleteFileW(path_in_folder(found.cFileName));
        while (FindNextFileW(search, &found));
        FindClose(search);
    }
    CHECK("the test's folder is removed", RemoveDirectoryW(folder));
}

static void write_file_named(const wchar_t *name, const void *bytes, DWORD count) {
    DWORD written;
    HANDLE file = CreateFileW(path_in_folder(name), GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, bytes, count, &written, NULL);
    CloseHandle(file);
}

/* Terminates what it reads; returns its length, -1 if there is no such file. */
static int read_file_named(const wchar_t *name, char *into, DWORD room) {
    DWORD length = 0;
    HANDLE file = CreateFileW(path_in_folder(name), GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return -1;
    ReadFile(file, into, room - 1, &length, NULL);
    into[length] = 0;
    CloseHandle(file);
    return (int)length;
}

/* As a host on Windows wakes the resident. */
static void wake_from_windows(void) {
    CloseHandle(CreateFileW(path_in_folder(L"mailbox.wake"), GENERIC_WRITE | DELETE, 7, NULL,
                            CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL));
}

/* ---- Wine's other side ---- */

static int is_wine(void) {
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
}

/* Starts a command of a Linux shell in the folder. Wine does not say when it ends. */
static void run_on_linux(const wchar_t *command) {
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    wchar_t line[600];
    swprintf(line, 600, L"sh -c \"%ls\"", command);
    if (!CreateProcessW(L"Z:\\bin\\sh", line, NULL, NULL, FALSE, 0, NULL, folder, &startup,
                        &process))
        return;
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static int appears(const wchar_t *name) {
    unsigned i;
    for (i = 0; i < 1000; i++) {
        if (GetFileAttributesW(path_in_folder(name)) != INVALID_FILE_ATTRIBUTES)
            return 1;
        Sleep(10);
    }
    return 0;
}

/* Of this process. Wine's /proc/self is its server. */
static unsigned linux_descriptors(void) {
    WIN32_FIND_DATAW found;
    wchar_t pattern[64];
    unsigned count = 0, pid;
    HANDLE search;
    if (!is_wine())
        return 0;
    __asm__ __volatile__("int $0x80" : "=a"(pid) : "a"(20 /* getpid */) : "memory");
    swprintf(pattern, 64, L"Z:\\proc\\%u\\fd\\*", pid);
    search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        return 0;
    do
        count++;
    while (FindNextFileW(search, &found));
    FindClose(search);
    return count;
}

#endif
