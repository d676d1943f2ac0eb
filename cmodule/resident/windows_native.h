/* SPDX-License-Identifier: MIT */
/* The functions of the system for a native Windows program, by which it is linked with them. */
#ifndef POOLNV_RESIDENT_WINDOWS_NATIVE_H
#define POOLNV_RESIDENT_WINDOWS_NATIVE_H

#include <stdint.h>

#ifdef _WIN32
int32_t __attribute__((stdcall))
NtQueryInformationThread(void *thread, uint32_t what, void *out, uint32_t bytes, uint32_t *written);
int32_t __attribute__((stdcall))
NtSetInformationThread(void *thread, uint32_t what, const void *from, uint32_t bytes);
#define POOLNV_NT_QUERY_THREAD NtQueryInformationThread
#define POOLNV_NT_SET_THREAD   NtSetInformationThread

/* Declared by windows.h. */
#define POOLNV_CREATE_THREAD          CreateThread
#define POOLNV_CLOSE_HANDLE           CloseHandle
#define POOLNV_WAIT_FOR_OBJECT        WaitForSingleObject
#define POOLNV_SLEEP                  Sleep
#define POOLNV_GET_LAST_ERROR         GetLastError
#define POOLNV_GET_TICK_COUNT         GetTickCount
#define POOLNV_GET_SYSTEM_TIME        GetSystemTime
#define POOLNV_GET_CURRENT_PROCESS_ID GetCurrentProcessId
#define POOLNV_GET_CURRENT_THREAD_ID  GetCurrentThreadId
#define POOLNV_FIND_FIRST_CHANGE      FindFirstChangeNotificationW
#define POOLNV_FIND_NEXT_CHANGE       FindNextChangeNotification
#define POOLNV_FIND_CLOSE_CHANGE      FindCloseChangeNotification
#define POOLNV_CREATE_FILE            CreateFileW
#define POOLNV_READ_FILE              ReadFile
#define POOLNV_WRITE_FILE             WriteFile
#define POOLNV_GET_FILE_TYPE          GetFileType
#define POOLNV_GET_FILE_INFORMATION   GetFileInformationByHandle
#define POOLNV_GET_FINAL_PATH         GetFinalPathNameByHandleW
#define POOLNV_COMPARE_STRINGS        CompareStringOrdinal
#define POOLNV_WIDE_TO_BYTES          WideCharToMultiByte
#define POOLNV_BYTES_TO_WIDE          MultiByteToWideChar
#define POOLNV_GET_SYSTEM_INFO        GetSystemInfo
#define POOLNV_VIRTUAL_QUERY          VirtualQuery
#define POOLNV_READ_PROCESS_MEMORY    ReadProcessMemory
#define POOLNV_COPY_STRING            lstrcpynA
#define POOLNV_CREATE_SNAPSHOT        CreateToolhelp32Snapshot
#define POOLNV_PROCESS_FIRST          Process32FirstW
#define POOLNV_PROCESS_NEXT           Process32NextW
#define POOLNV_ADD_EXCEPTION_HANDLER  AddVectoredExceptionHandler

#endif

#endif
