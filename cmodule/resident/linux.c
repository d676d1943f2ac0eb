/* SPDX-License-Identifier: MIT */
/* The thread, as far as it concerns the kernel: its own table of descriptors, what wakes it, time.
 */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

#include "memory.h"

#define THREAD_NAME "poolnv" /* 15 characters at most */

#define FIRST_DESCRIPTOR   3 /* above those of standard input, output and error */
#define DESCRIPTOR_LIMIT   65536
#define WAKE_BYTES_AT_ONCE 256
#define ENTRIES_BYTES      2048
#define NS_PER_MS          1000000u
#define SECONDS_PER_DAY    86400u

static int has_own_descriptors(void);
static void close_descriptors(void);
static void open_pipe(struct linux_variables *own);
static void count_thread(struct linux_variables *own, int is_counted);
static uint32_t parse_decimal(const char *text);

void system_begin(void) {
    struct PoolControl *control = resident_control();
    struct linux_variables *own = linux_own();
    linux_call(__NR_prctl, (long)PR_SET_NAME, THREAD_NAME, 0l, 0l, 0l);
    own->wake_read = 0;
    own->wake_write = 0;
    own->is_uncounted = 0;
    count_thread(own, 0);
    if (has_own_descriptors())
        open_pipe(own);
    RESIDENT_STORE(control->wake_thread, (uint32_t)linux_call(__NR_gettid));
    RESIDENT_STORE(control->wake_descriptor, own->wake_read);
}

void system_end(void) {
    struct PoolControl *control = resident_control();
    struct linux_variables *own = linux_own();
    RESIDENT_STORE(control->wake_descriptor, 0);
    RESIDENT_STORE(control->wake_thread, 0);
    if (own->wake_read != 0) {
        linux_call(__NR_close, (long)own->wake_read);
        linux_call(__NR_close, (long)own->wake_write);
    }
    own->wake_read = 0;
    count_thread(own, 1);
}

void system_wait(uint32_t milliseconds) {
    struct linux_variables *own = linux_own();
    char bytes[WAKE_BYTES_AT_ONCE];
    struct kernel_pollfd wait;
    if (own->wake_read == 0) {
        system_pause(milliseconds < RESIDENT_POLL_MS ? milliseconds : RESIDENT_POLL_MS);
        return;
    }
    wait.fd = (int)own->wake_read;
    wait.events = POLLIN;
    wait.revents = 0;
    if (linux_call(__NR_poll, &wait, 1l, (long)milliseconds) > 0)
        linux_call(__NR_read, (long)own->wake_read, bytes, (long)sizeof bytes);
}

/* With a table of its own, no pipe or socket of the program stays open when the program closes it,
 * and no number that the program expects to be free is taken. Locks of files belong to the table
 * and so are not released. Returns 0 if the system refuses. */
static int has_own_descriptors(void) {
    if (linux_call(__NR_close_range, 0l, (long)~0u, (long)CLOSE_RANGE_UNSHARE) == 0)
        return 1;
    if (linux_call(__NR_unshare, (long)CLONE_FILES) < 0)
        return 0;
    close_descriptors();
    return 1;
}

/* Before Linux 5.9. */
static void close_descriptors(void) {
    char entries[ENTRIES_BYTES] __attribute__((aligned(8)));
    long directory, bytes, at, closed;
    directory = linux_call(__NR_openat, (long)AT_FDCWD, "/proc/thread-self/fd", (long)O_DIRECTORY);
    if (directory < 0) {
        for (at = 0; at < DESCRIPTOR_LIMIT; at++)
            linux_call(__NR_close, at);
        return;
    }
    do {
        closed = 0;
        linux_call(__NR_lseek, directory, 0l, 0l);
        while ((bytes = linux_call(__NR_getdents64, directory, entries, (long)sizeof entries)) >
               0) {
            const struct linux_dirent64 *entry;
            for (at = 0; at < bytes; at += entry->d_reclen) {
                entry = (const struct linux_dirent64 *)(const void *)(entries + at);
                if (entry->d_name[0] == '.' || (long)parse_decimal(entry->d_name) == directory)
                    continue;
                linux_call(__NR_close, (long)parse_decimal(entry->d_name));
                closed++;
            }
        }
    } while (closed > 0);
    linux_call(__NR_close, directory);
}

/* Both ends stay open: without one to write to, the other would be readable for ever. */
static void open_pipe(struct linux_variables *own) {
    int ends[2], i;
    long moved[2];
    if (linux_call(__NR_pipe2, ends, (long)(O_CLOEXEC | O_NONBLOCK)) < 0)
        return;
    for (i = 0; i < 2; i++)
        moved[i] =
            linux_call(NR_FCNTL, (long)ends[i], (long)F_DUPFD_CLOEXEC, (long)FIRST_DESCRIPTOR);
    linux_call(__NR_close, (long)ends[0]);
    linux_call(__NR_close, (long)ends[1]);
    if (moved[0] < 0 || moved[1] < 0)
        return;
    own->wake_read = (uint32_t)moved[0];
    own->wake_write = (uint32_t)moved[1];
}

/* The last thread that the C library counts ends the program: runs what is to run at its end, and
 * flushes its streams. That must be a thread of the program, with the program's descriptors. So
 * this one is taken out of the count, in the libraries that have it where it can be found (glibc
 * since 2.34). */
static void count_thread(struct linux_variables *own, int is_counted) {
#ifdef POOLNV_NPTL_NTHREADS
    uint32_t *count = (uint32_t *)(uintptr_t)POOLNV_NPTL_NTHREADS;
    if (count != (void *)0 && own->is_uncounted == (uint32_t)is_counted) {
        resident_add(count, is_counted ? 1u : ~0u);
        own->is_uncounted = !is_counted;
    }
#else
    (void)own;
    (void)is_counted;
#endif
}

/* Only a main thread that has called pthread_exit stays as a zombie. Field 3 of `stat`
 * (proc_pid_stat(5)) is its state, behind the name in parentheses. */
static int is_main_thread_over(void) {
    char text[128];
    long file, length, at, end = 0;
    file = linux_call(__NR_openat, (long)AT_FDCWD, "/proc/self/stat", (long)O_RDONLY);
    if (file < 0)
        return 0;
    length = linux_call(__NR_read, file, text, (long)sizeof text);
    linux_call(__NR_close, file);
    for (at = 0; at + 2 < length; at++)
        if (text[at] == ')')
            end = at;
    return end > 0 && text[end + 2] == 'Z';
}

int system_is_alone(void) {
    char entries[ENTRIES_BYTES] __attribute__((aligned(8)));
    long directory, bytes, at, threads = 0;
    if (linux_own()->is_uncounted || !is_main_thread_over())
        return 0;
    directory = linux_call(__NR_openat, (long)AT_FDCWD, "/proc/self/task", (long)O_DIRECTORY);
    if (directory < 0)
        return 0;
    while ((bytes = linux_call(__NR_getdents64, directory, entries, (long)sizeof entries)) > 0) {
        const struct linux_dirent64 *entry;
        for (at = 0; at < bytes; at += entry->d_reclen) {
            entry = (const struct linux_dirent64 *)(const void *)(entries + at);
            threads += entry->d_name[0] != '.';
        }
    }
    linux_call(__NR_close, directory);
    return threads == 2; /* the main thread, and this one */
}

static uint32_t parse_decimal(const char *text) {
    uint32_t value = 0;
    while (*text >= '0' && *text <= '9')
        value = value * 10 + (uint32_t)(*text++ - '0');
    return value;
}

/* ---- time; any thread ---- */

/* The low 32 bits of the seconds, and the nanoseconds. */
static void read_clock(long clock, uint32_t *seconds, uint32_t *nanoseconds) {
    uint32_t words[4]; /* of a struct timespec of 64-bit numbers */
    struct kernel_timespec time;
#ifndef __x86_64__
    if (linux_call(__NR_clock_gettime64, clock, words) == 0) {
        *seconds = words[0];
        *nanoseconds = words[2];
        return;
    }
#else
    (void)words;
#endif
    time.tv_sec = 0;
    time.tv_nsec = 0;
    linux_call(__NR_clock_gettime, clock, &time);
    *seconds = (uint32_t)time.tv_sec;
    *nanoseconds = (uint32_t)time.tv_nsec;
}

uint32_t system_milliseconds(void) {
    uint32_t seconds, nanoseconds;
    read_clock(CLOCK_MONOTONIC, &seconds, &nanoseconds);
    return seconds * 1000 + nanoseconds / NS_PER_MS;
}

static uint32_t days_of_month(uint32_t year, uint32_t month) {
    int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (month == 2)
        return is_leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static uint32_t days_of_year(uint32_t year) { return 337 + days_of_month(year, 2); }

/* Until 2106. */
void system_time(struct SystemTime *now) {
    uint32_t seconds, nanoseconds, days;
    read_clock(CLOCK_REALTIME, &seconds, &nanoseconds);
    days = seconds / SECONDS_PER_DAY;
    seconds %= SECONDS_PER_DAY;
    now->milliseconds = nanoseconds / NS_PER_MS;
    now->hour = seconds / 3600;
    now->minute = seconds / 60 % 60;
    now->second = seconds % 60;
    for (now->year = 1970; days >= days_of_year(now->year); now->year++)
        days -= days_of_year(now->year);
    for (now->month = 1; days >= days_of_month(now->year, now->month); now->month++)
        days -= days_of_month(now->year, now->month);
    now->day = days + 1;
}

void system_pause(uint32_t milliseconds) {
    struct kernel_timespec time;
    time.tv_sec = (long)(milliseconds / 1000);
    time.tv_nsec = (long)(milliseconds % 1000 * NS_PER_MS);
    linux_call(__NR_nanosleep, &time, 0l);
}

/* ---- what is Windows' own ---- */

uint32_t system_answer_file(void) { return 0; }

uint32_t system_modules(uint32_t first, uint8_t *data, uint32_t *bytes) {
    (void)first;
    (void)data;
    (void)bytes;
    return RESIDENT_UNAVAILABLE;
}

uint32_t system_namesakes(uint8_t *data, uint32_t *bytes) {
    (void)data;
    (void)bytes;
    return RESIDENT_UNAVAILABLE;
}

#endif
