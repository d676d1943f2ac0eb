/* SPDX-License-Identifier: MIT */
/* What the parts of system.h for 32-bit Windows programs share. The functions of the system are
 * macros that the agent defines in front of the text:
 *
 *   kernel32.dll:
 *   POOLNV_CREATE_THREAD          CreateThread
 *   POOLNV_CLOSE_HANDLE           CloseHandle
 *   POOLNV_WAIT_FOR_OBJECT        WaitForSingleObject
 *   POOLNV_SLEEP                  Sleep
 *   POOLNV_GET_LAST_ERROR         GetLastError
 *   POOLNV_GET_TICK_COUNT         GetTickCount
 *   POOLNV_GET_SYSTEM_TIME        GetSystemTime
 *   POOLNV_GET_CURRENT_PROCESS_ID GetCurrentProcessId
 *   POOLNV_GET_CURRENT_THREAD_ID  GetCurrentThreadId
 *   POOLNV_FIND_FIRST_CHANGE      FindFirstChangeNotificationW
 *   POOLNV_FIND_NEXT_CHANGE       FindNextChangeNotification
 *   POOLNV_FIND_CLOSE_CHANGE      FindCloseChangeNotification
 *   POOLNV_CREATE_FILE            CreateFileW
 *   POOLNV_READ_FILE              ReadFile
 *   POOLNV_WRITE_FILE             WriteFile
 *   POOLNV_GET_FILE_TYPE          GetFileType
 *   POOLNV_GET_FILE_INFORMATION   GetFileInformationByHandle
 *   POOLNV_GET_FINAL_PATH         GetFinalPathNameByHandleW
 *   POOLNV_COMPARE_STRINGS        CompareStringOrdinal
 *   POOLNV_WIDE_TO_BYTES          WideCharToMultiByte
 *   POOLNV_BYTES_TO_WIDE          MultiByteToWideChar
 *   POOLNV_GET_SYSTEM_INFO        GetSystemInfo
 *   POOLNV_VIRTUAL_QUERY          VirtualQuery
 *   POOLNV_READ_PROCESS_MEMORY    ReadProcessMemory
 *   POOLNV_COPY_STRING            lstrcpynA
 *   POOLNV_CREATE_SNAPSHOT        CreateToolhelp32Snapshot
 *   POOLNV_PROCESS_FIRST          Process32FirstW
 *   POOLNV_PROCESS_NEXT           Process32NextW
 *   ntdll.dll:
 *   POOLNV_NT_QUERY_THREAD        NtQueryInformationThread
 *   POOLNV_NT_SET_THREAD          NtSetInformationThread
 *   POOLNV_ADD_EXCEPTION_HANDLER  RtlAddVectoredExceptionHandler
 *
 * No function has a frame of a page: the system wants those to be touched page by page, for which
 * TinyCC calls a function of a library. */
#ifndef POOLNV_RESIDENT_SYSTEM_WINDOWS_H
#define POOLNV_RESIDENT_SYSTEM_WINDOWS_H

#include <stddef.h>

#include "state.h"

#ifdef POOLNV_WINDOWS

/* A native build has the system's headers, so that a value that differs from theirs is an error. */
#ifdef POOLNV_RESIDENT_NATIVE
#include "windows_native.h"
#include <windows.h>
#include <tlhelp32.h>
#endif

#define NT __attribute__((stdcall))

#define PATH_CHARACTERS   1500u /* of a path that is read */
#define MAILBOX_UNUSED_MS 1000u /* since the last request, until its file is closed */

struct WindowsState {
    uint32_t notification; /* handle, 0: no host can wake the thread */
    uint32_t mailbox_file; /* handle while the file is open, else 0 */
    uint32_t is_woken;     /* the file may have new requests */
    uint32_t asked;        /* system_milliseconds() at its last request */
    uint32_t thread;       /* id of the resident's thread */
    uint32_t sees_exceptions;
};

_Static_assert(sizeof(struct WindowsState) <= sizeof(((struct ResidentOwn *)0)->system),
               "the variables fit");

static inline struct WindowsState *windows_own(void) {
    return (struct WindowsState *)(void *)resident_own()->system;
}

/* Handles fit into 32 bits, in 64-bit programs, too. */
#define HANDLE_OF(word)     ((void *)(uintptr_t)(word))
#define HANDLE_WORD(handle) ((uint32_t)(uintptr_t)(handle))
#define NO_HANDLE           ((void *)(intptr_t)-1) /* what functions that open a file return on failure */

#define close_handle   ((int32_t(NT *)(void *))(uintptr_t)POOLNV_CLOSE_HANDLE)
#define get_last_error ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_LAST_ERROR)
#define create_file                                                                                \
    ((void *(NT *)(const uint16_t *, uint32_t, uint32_t, void *, uint32_t, uint32_t, void *))(     \
        uintptr_t)POOLNV_CREATE_FILE)
#define write_file                                                                                 \
    ((int32_t(NT *)(void *, const void *, uint32_t, uint32_t *, void *))(                          \
        uintptr_t)POOLNV_WRITE_FILE)
#define wide_to_bytes                                                                              \
    ((int32_t(NT *)(uint32_t, uint32_t, const uint16_t *, int32_t, void *, int32_t, const char *,  \
                    int32_t *))(uintptr_t)POOLNV_WIDE_TO_BYTES)
#define UTF_8 65001u /* as a code page */
#define compare_strings                                                                            \
    ((int32_t(NT *)(const uint16_t *, int32_t, const uint16_t *, int32_t, int32_t))(               \
        uintptr_t)POOLNV_COMPARE_STRINGS)

#endif
#endif
