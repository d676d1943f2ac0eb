/* SPDX-License-Identifier: MIT */
/* What the agent defines in front of the text, for a native program: plan and control block are
 * variables of the program, and the system's functions are those that it is linked with. */
#ifndef POOLNV_PATCH_NATIVE_H
#define POOLNV_PATCH_NATIVE_H

#include "patch.h"

#define POOLNV_PATCH_NATIVE 1

extern struct PatchPlan native_plan;
extern struct PoolControl native_control;
#define POOLNV_PATCH_PLAN (&native_plan)
#define POOLNV_CONTROL    (&native_control)

#ifdef _WIN32
#define POOLNV_WINDOWS 1

#define NATIVE_API __attribute__((stdcall))
NATIVE_API int32_t NtGetNextThread(void *process, void *thread, uint32_t access,
                                   uint32_t attributes, uint32_t flags, void **next);
NATIVE_API int32_t NtSuspendThread(void *thread, uint32_t *previous_count);
NATIVE_API int32_t NtResumeThread(void *thread, uint32_t *previous_count);
NATIVE_API int32_t NtResumeProcess(void *process);
NATIVE_API int32_t NtGetContextThread(void *thread, void *context);
NATIVE_API int32_t NtClose(void *handle);
NATIVE_API int32_t NtDelayExecution(uint8_t alertable, int64_t *interval);
#define POOLNV_NT_GET_NEXT_THREAD    NtGetNextThread
#define POOLNV_NT_SUSPEND_THREAD     NtSuspendThread
#define POOLNV_NT_RESUME_THREAD      NtResumeThread
#define POOLNV_NT_RESUME_PROCESS     NtResumeProcess
#define POOLNV_NT_GET_CONTEXT_THREAD NtGetContextThread
#define POOLNV_NT_CLOSE              NtClose
#define POOLNV_NT_DELAY_EXECUTION    NtDelayExecution

/* Declared by windows.h. */
#define POOLNV_GET_THREAD_ID         GetThreadId
#define POOLNV_GET_CURRENT_THREAD_ID GetCurrentThreadId
#define POOLNV_VIRTUAL_PROTECT       VirtualProtect
#define POOLNV_PERFORMANCE_COUNTER   QueryPerformanceCounter
#define POOLNV_PERFORMANCE_FREQUENCY QueryPerformanceFrequency
#else
#define POOLNV_LINUX       1

/* Declared here, not by the C library's headers, which do not go together with the kernel's. */
long syscall(long number, ...);
int clone(int (*body)(void *), void *stack, int flags, void *argument, ...);
int *__errno_location(void);
#define POOLNV_SYSCALL     syscall
#define POOLNV_CLONE       clone
#define POOLNV_ERRNO       __errno_location

/* "/proc/<pid>/task", filled in by the program: /proc/self of the suspending task is another. */
extern char native_task_folder[32];
#define POOLNV_TASK_FOLDER native_task_folder
#endif

#endif
