/* Linux: see system.h. */
#ifndef BENCH_SYSTEM_LINUX_H
#define BENCH_SYSTEM_LINUX_H

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef sem_t signal_t;

static void create_signal(signal_t *signal) { sem_init(signal, 0, 0); }
static void raise_signal(signal_t *signal) { sem_post(signal); }
static void await_signal(signal_t *signal) {
    while (sem_wait(signal) != 0) {
    }
}

#define THREAD_BODY(name, argument) static void *name(void *argument)

static void start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    pthread_create(&thread, 0, body, argument);
    pthread_detach(thread);
}

/* 0 in a thread that has not set its own. */
static __thread unsigned own_thread_number;

static void create_thread_number(void) {}
static void set_thread_number(unsigned number) { own_thread_number = number; }
static unsigned thread_number(void) { return own_thread_number; }

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Reads without stdio, which would allocate. */
static uint64_t status_kilobytes(const char *field) {
    static char text[8192];
    int file = open("/proc/self/status", O_RDONLY);
    ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
    char *at;
    uint64_t kilobytes = 0;
    if (file >= 0)
        close(file);
    text[length < 0 ? 0 : length] = 0;
    at = strstr(text, field);
    for (at = at == 0 ? text : at + strlen(field); *at != 0 && *at != '\n'; at++)
        if (*at >= '0' && *at <= '9')
            kilobytes = kilobytes * 10 + (uint64_t)(*at - '0');
    return at == text ? 0 : kilobytes;
}

/* Private memory that is really there: pages of files, such as libraries, are not the allocator's.
 */
static uint64_t committed_now(void) { return status_kilobytes("RssAnon:") * 1024; }

static uint64_t resident_now(void) { return status_kilobytes("VmRSS:") * 1024; }

/* The highest resident size since the last time it was forgotten. */
static uint64_t resident_peak(void) { return status_kilobytes("VmHWM:") * 1024; }

static void forget_resident_peak(void) {
    int file = open("/proc/self/clear_refs", O_WRONLY);
    if (file < 0)
        return;
    if (write(file, "5", 1) < 0) { /* the peak then covers the whole life of the process */
    }
    close(file);
}

static void *library_open(const char *file) { return dlopen(file, RTLD_NOW); }
static void *library_function(void *library, const char *name) { return dlsym(library, name); }

/* The one that callers of the C library meet, be it preloaded. */
static void *runtime_function(const char *name) { return dlsym(RTLD_DEFAULT, name); }

static int read_byte(char *byte) { return read(0, byte, 1) == 1; }

static void write_bytes(const char *bytes, unsigned count) {
    if (write(1, bytes, count) < 0)
        _exit(1); /* the reader is gone */
}

static void leave(int code) { _exit(code); }

#endif
