/* SPDX-License-Identifier: MIT */
/* The thread of a 32-bit Windows program's resident: how it starts and ends, what wakes it, and its
 * clocks. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* More than RESIDENT_STACK_BYTES: libraries of the program run code in every thread that starts,
 * and some hook the functions of files. */
#define WINDOWS_STACK_BYTES 0x40000

/* winbase.h, winnt.h, winternl.h */
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x10000
#define FILE_NOTIFY_CHANGE_FILE_NAME      0x00000001
#define WAIT_FOREVER                      0xFFFFFFFFu
#define WAIT_SIGNALLED                    0u
#define WAIT_TIMED_OUT                    258u
#define THREAD_IS_LAST                    12 /* ThreadAmILastThread */
#define THREAD_NAME                       38 /* ThreadNameInformation */
#define CURRENT_THREAD                    ((void *)(intptr_t)-2)

/* winternl.h, struct UNICODE_STRING */
struct CountedText {
    uint16_t bytes;
    uint16_t room;
    const uint16_t *characters;
};

#define create_thread                                                                              \
    ((void *(NT *)(void *, uintptr_t, uint32_t(NT *)(void *), void *, uint32_t, uint32_t *))(      \
        uintptr_t)POOLNV_CREATE_THREAD)
#define wait_for_object    ((uint32_t(NT *)(void *, uint32_t))(uintptr_t)POOLNV_WAIT_FOR_OBJECT)
#define sleep_for          ((void(NT *)(uint32_t))(uintptr_t)POOLNV_SLEEP)
#define get_tick_count     ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_TICK_COUNT)
#define get_system_time    ((void(NT *)(uint16_t *))(uintptr_t)POOLNV_GET_SYSTEM_TIME)
#define current_process_id ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_CURRENT_PROCESS_ID)
#define current_thread_id  ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_CURRENT_THREAD_ID)
#define find_first_change                                                                          \
    ((void *(NT *)(const uint16_t *, int32_t, uint32_t))(uintptr_t)POOLNV_FIND_FIRST_CHANGE)
#define find_next_change  ((int32_t(NT *)(void *))(uintptr_t)POOLNV_FIND_NEXT_CHANGE)
#define find_close_change ((int32_t(NT *)(void *))(uintptr_t)POOLNV_FIND_CLOSE_CHANGE)
#define nt_set_thread                                                                              \
    ((int32_t(NT *)(void *, uint32_t, const void *, uint32_t))(uintptr_t)POOLNV_NT_SET_THREAD)
#define nt_query_thread                                                                            \
    ((int32_t(NT *)(void *, uint32_t, void *, uint32_t, uint32_t *))(                              \
        uintptr_t)POOLNV_NT_QUERY_THREAD)

static uint32_t NT run_thread(void *unused);
static void name_thread(void);

int32_t resident_start(void) {
    struct ResidentOwn *own = resident_own();
    struct Resident *resident = resident_state();
    uint32_t error;
    void *thread;
    if (!resident_swap_if(&own->started_pid, 0, current_process_id()))
        return 0;
    RESIDENT_STORE(resident->order, RESIDENT_ORDER_NONE);
    RESIDENT_STORE(resident->ordered, RESIDENT_ORDER_NONE);
    thread =
        create_thread(0, WINDOWS_STACK_BYTES, run_thread, 0, STACK_SIZE_PARAM_IS_A_RESERVATION, 0);
    if (thread != 0) {
        resident->thread = HANDLE_WORD(thread);
        return 0;
    }
    error = get_last_error();
    RESIDENT_STORE(own->started_pid, 0);
    return error != 0 ? (int32_t)error : -1;
}

static uint32_t NT run_thread(void *unused) {
    (void)unused;
    name_thread();
    resident_run();
    return 0;
}

/* For debuggers; Windows 10 and later. Wine's thread has the name of the one that started it
 * before. */
static void name_thread(void) {
    static const uint16_t name[] = {'p', 'o', 'o', 'l', 'n', 'v'};
    struct CountedText text;
    text.bytes = text.room = sizeof name;
    text.characters = name;
    nt_set_thread(CURRENT_THREAD, THREAD_NAME, &text, sizeof text);
}

void resident_join(void) {
    struct Resident *resident = resident_state();
    if (resident->thread != 0)
        wait_for_object(HANDLE_OF(resident->thread), WAIT_FOREVER);
    resident_release();
    RESIDENT_STORE(resident_own()->started_pid, 0);
}

void resident_release(void) {
    struct Resident *resident = resident_state();
    if (resident->thread != 0)
        close_handle(HANDLE_OF(resident->thread));
    resident->thread = 0;
}

/* wake_thread and wake_descriptor of the control block stay 0. */
void system_begin(void) {
    const struct Resident *resident = resident_state();
    struct WindowsState *state = windows_own();
    void *notification = NO_HANDLE;
    if (resident->mailbox_folder[0] != 0)
        notification = find_first_change(resident->mailbox_folder, 0, FILE_NOTIFY_CHANGE_FILE_NAME);
    state->thread = current_thread_id();
    state->notification = notification == NO_HANDLE ? 0 : HANDLE_WORD(notification);
    state->mailbox_file = 0;
    state->is_woken = 1; /* a request may be older than this thread */
}

void system_end(void) {
    struct WindowsState *state = windows_own();
    if (state->notification != 0)
        find_close_change(HANDLE_OF(state->notification));
    if (state->mailbox_file != 0)
        close_handle(HANDLE_OF(state->mailbox_file));
    state->notification = state->mailbox_file = 0;
}

void system_wait(uint32_t milliseconds) {
    struct WindowsState *state = windows_own();
    uint32_t result;
    if (state->notification == 0) {
        sleep_for(milliseconds < RESIDENT_POLL_MS ? milliseconds : RESIDENT_POLL_MS);
        state->is_woken = 1;
        return;
    }
    if (state->mailbox_file != 0 && milliseconds > MAILBOX_UNUSED_MS)
        milliseconds = MAILBOX_UNUSED_MS; /* then it is closed */
    result = wait_for_object(HANDLE_OF(state->notification), milliseconds);
    if (result == WAIT_TIMED_OUT)
        return;
    state->is_woken = 1;
    /* A program that closes handles that are not its own may have closed this one. If another
     * object has it by now, closing it would do further harm. */
    if (result != WAIT_SIGNALLED || !find_next_change(HANDLE_OF(state->notification)))
        state->notification = 0;
}

/* A program whose main thread called ExitThread ends with its last thread, too. */
int system_is_alone(void) {
    uint32_t is_last = 0;
    return nt_query_thread(CURRENT_THREAD, THREAD_IS_LAST, &is_last, sizeof is_last, 0) == 0 &&
           is_last != 0;
}

uint32_t system_milliseconds(void) { return get_tick_count(); }

/* The elements of struct SYSTEMTIME: year, month, day of the week, day, hour, minute, second,
 * milliseconds. */
void system_time(struct SystemTime *now) {
    uint16_t parts[8];
    get_system_time(parts);
    now->year = parts[0];
    now->month = parts[1];
    now->day = parts[3];
    now->hour = parts[4];
    now->minute = parts[5];
    now->second = parts[6];
    now->milliseconds = parts[7];
}

void system_pause(uint32_t milliseconds) { sleep_for(milliseconds); }

#endif
