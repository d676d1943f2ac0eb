/* Windows: see system.h. */
#ifndef BENCH_SYSTEM_WINDOWS_H
#define BENCH_SYSTEM_WINDOWS_H

#include <stdint.h>
#include <string.h>
#include <windows.h>

typedef HANDLE signal_t;

static void create_signal(signal_t *signal) { *signal = CreateSemaphoreA(0, 0, 1 << 20, 0); }
static void raise_signal(signal_t *signal) { ReleaseSemaphore(*signal, 1, 0); }
static void await_signal(signal_t *signal) { WaitForSingleObject(*signal, INFINITE); }

#define THREAD_BODY(name, argument) static DWORD WINAPI name(void *argument)

static void start_thread(DWORD(WINAPI *body)(void *), void *argument) {
    CloseHandle(CreateThread(0, 0, body, argument, 0, 0));
}

/* 0 in a thread that has not set its own. The compiler's own thread-local variables would allocate
 * through the C runtime. */
static DWORD thread_number_slot;

static void create_thread_number(void) { thread_number_slot = TlsAlloc(); }
static void set_thread_number(unsigned number) {
    TlsSetValue(thread_number_slot, (void *)(uintptr_t)number);
}
static unsigned thread_number(void) { return (unsigned)(uintptr_t)TlsGetValue(thread_number_slot); }

static uint64_t now_ns(void) {
    LARGE_INTEGER count, frequency;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return (uint64_t)((double)count.QuadPart * 1e9 / (double)frequency.QuadPart);
}

/* Committed private memory: neither programs and libraries nor mapped files. */
static uint64_t committed_now(void) {
    MEMORY_BASIC_INFORMATION range;
    char *at = 0;
    uint64_t bytes = 0;
    while (VirtualQuery(at, &range, sizeof range) == sizeof range) {
        char *next = (char *)range.BaseAddress + range.RegionSize;
        if (range.State == MEM_COMMIT && range.Type == MEM_PRIVATE)
            bytes += range.RegionSize;
        if (next <= at)
            break;
        at = next;
    }
    return bytes;
}

/* Windows knows no peak of committed private memory that could be forgotten: plateaus alone count.
 */
static uint64_t resident_now(void) { return 0; }
static uint64_t resident_peak(void) { return 0; }
static void forget_resident_peak(void) {}

static void *library_open(const char *file) { return (void *)LoadLibraryA(file); }

static void *library_function(void *library, const char *name) {
    return (void *)(uintptr_t)GetProcAddress((HMODULE)library, name);
}

static void *runtime_function(const char *name) {
    return library_function((void *)GetModuleHandleA("msvcrt.dll"), name);
}

static int read_byte(char *byte) {
    DWORD count = 0;
    return ReadFile(GetStdHandle(STD_INPUT_HANDLE), byte, 1, &count, 0) && count == 1;
}

static void write_bytes(const char *bytes, unsigned count) {
    DWORD written;
    if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, count, &written, 0))
        ExitProcess(1); /* the reader is gone */
}

static void leave(int code) { ExitProcess((UINT)code); }

#endif
