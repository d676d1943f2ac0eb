/* What the test programs need of threads, memory maps and time, on Linux and on Windows. */
#ifndef TEST_PORTABLE_H
#define TEST_PORTABLE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Small enough for 160 threads beside a large pool in 32 bits, and for the C library to keep all of
 * their stacks: so it allocates nothing when threads start a second time. */
#define THREAD_STACK_BYTES (128 * 1024)

#ifdef _WIN32
#include <windows.h>
#include <malloc.h>
typedef HANDLE thread_t;
typedef HANDLE signal_t;
#define THREAD_BODY(name, argument) static DWORD WINAPI name(void *argument)
#define THREAD_END                  return 0
#define start_thread(thread, body, argument)                                                       \
    (*(thread) = CreateThread(0, THREAD_STACK_BYTES, (body), (argument),                           \
                              STACK_SIZE_PARAM_IS_A_RESERVATION, 0))
#define join_thread(thread)   (WaitForSingleObject((thread), INFINITE), CloseHandle(thread))
#define create_signal(signal) (*(signal) = CreateSemaphoreA(0, 0, 1 << 20, 0))
#define raise_signal(signal)  ReleaseSemaphore(*(signal), 1, 0)
#define await_signal(signal)  WaitForSingleObject(*(signal), INFINITE)
#define process_id()          ((unsigned)GetCurrentProcessId())
#define sleep_ms(count)       Sleep(count)

/* A function of the C runtime as it stands there, past the import table. */
static inline const void *runtime_function(const char *name) {
    HMODULE runtime = GetModuleHandleA("msvcrt.dll");
#ifdef _UCRT
    runtime = GetModuleHandleA("ucrtbase.dll");
#endif
    return (const void *)(uintptr_t)GetProcAddress(runtime, name);
}

static uint32_t now_us(void) {
    static LARGE_INTEGER frequency;
    LARGE_INTEGER ticks;
    if (frequency.QuadPart == 0)
        QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&ticks);
    return (uint32_t)(ticks.QuadPart * 1000000 / frequency.QuadPart);
}
#else
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>
#include <malloc.h>
typedef pthread_t thread_t;
typedef sem_t signal_t;
#define THREAD_BODY(name, argument) static void *name(void *argument)
#define THREAD_END                  return 0
#define join_thread(thread)         pthread_join((thread), 0)
#define create_signal(signal)       sem_init((signal), 0, 0)
#define raise_signal(signal)        sem_post(signal)
#define await_signal(signal)                                                                       \
    while (sem_wait(signal) != 0) {                                                                \
    }
#define process_id()    ((unsigned)getpid())
#define sleep_ms(count) usleep((count)*1000)

static inline const void *runtime_function(const char *name) { return dlsym(RTLD_DEFAULT, name); }

static uint32_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint32_t)((uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_nsec / 1000u);
}

static void start_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
    if (pthread_create(thread, &attributes, body, argument) != 0)
        abort();
    pthread_attr_destroy(&attributes);
}
#endif

/* xorshift64*: the same sequence everywhere. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

#endif
