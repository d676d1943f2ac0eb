/* SPDX-License-Identifier: MIT */
/* The mailbox file. The agent's handle, which lasts as long as the program, deletes it with the
 * program; this one is opened when a host wakes the thread. The file is read and written, never
 * mapped: any process of the user's may cut it short, and a view would fault. */
#include "memory.h"
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* winnt.h, fileapi.h, winbase.h */
#define READ_AND_WRITE               0xC0000000u /* GENERIC_READ, GENERIC_WRITE */
#define SHARE_READ_WRITE_DELETE      0x7
#define OPEN_EXISTING                3
#define FILE_FLAG_OPEN_REPARSE_POINT 0x200000

/* minwinbase.h, struct OVERLAPPED of 32-bit programs: where to read or write */
struct FilePosition {
    uint32_t unused[2];
    uint32_t offset;
    uint32_t offset_high;
    void *event;
};

#ifdef POOLNV_RESIDENT_NATIVE
_Static_assert(sizeof(struct FilePosition) == sizeof(OVERLAPPED), "the size of OVERLAPPED");
_Static_assert(offsetof(struct FilePosition, offset) == offsetof(OVERLAPPED, Offset), "Offset");
#endif

#define SLOTS_BYTES (MAILBOX_SLOTS * MAILBOX_SLOT_BYTES)
#define ANSWER_AT   ((uint32_t)offsetof(struct MailboxSlot, answer))
#define BODY_AT     ((uint32_t)offsetof(struct MailboxSlot, body))
#define HEAD_BYTES  ((uint32_t)offsetof(struct MailboxBody, data))
_Static_assert(sizeof(((struct Resident *)0)->scratch) >= SLOTS_BYTES, "scratch has all slots");

#define read_file                                                                                  \
    ((int32_t(NT *)(void *, void *, uint32_t, uint32_t *, struct FilePosition *))(                 \
        uintptr_t)POOLNV_READ_FILE)

static int open_mailbox(void);
static uint32_t answer_slots(void);
static void close_if_unused(void);
static int is_new(const struct MailboxSlot *slot);
static void write_answer(uint32_t slot_at, struct MailboxSlot *slot);
static uint32_t read_slots(struct MailboxSlot *slots);
static int write_at(uint32_t offset, const void *from, uint32_t bytes);

uint32_t system_answer_file(void) {
    struct WindowsState *state = windows_own();
    uint32_t answered = 0;
    if (state->is_woken && (state->mailbox_file != 0 || open_mailbox()))
        answered = answer_slots();
    state->is_woken = 0;
    if (answered != 0)
        state->asked = system_milliseconds();
    else if (state->mailbox_file != 0)
        close_if_unused();
    return answered;
}

static int open_mailbox(void) {
    const struct Resident *resident = resident_state();
    struct WindowsState *state = windows_own();
    void *file;
    if (resident->mailbox_file[0] == 0)
        return 0;
    file = create_file(resident->mailbox_file, READ_AND_WRITE, SHARE_READ_WRITE_DELETE, 0,
                       OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, 0);
    if (file == NO_HANDLE)
        return 0;
    state->mailbox_file = HANDLE_WORD(file);
    return 1;
}

/* After a wake that was for another pool the file is closed at once. Without a notification it
 * stays open: it would be opened again for every check. */
static void close_if_unused(void) {
    struct WindowsState *state = windows_own();
    if (state->notification == 0 || system_milliseconds() - state->asked < MAILBOX_UNUSED_MS)
        return;
    close_handle(HANDLE_OF(state->mailbox_file));
    state->mailbox_file = 0;
}

static uint32_t answer_slots(void) {
    struct MailboxSlot *slots = (struct MailboxSlot *)(void *)resident_state()->scratch;
    uint32_t count = read_slots(slots), answered = 0, i;
    for (i = 0; i < count; i++) {
        if (!is_new(&slots[i]))
            continue;
        mailbox_answer(&slots[i].body);
        write_answer(i * MAILBOX_SLOT_BYTES, &slots[i]);
        answered++;
    }
    return answered;
}

/* If the number in the body is another, two hosts have taken the slot; they post again. */
static int is_new(const struct MailboxSlot *slot) {
    return slot->request != 0 && slot->request != slot->answer &&
           slot->request == slot->body.number;
}

static void write_answer(uint32_t slot_at, struct MailboxSlot *slot) {
    uint32_t bytes = slot->body.bytes;
    if (bytes > MAILBOX_DATA_BYTES)
        return;
    slot->answer = slot->request;
    if (write_at(slot_at + BODY_AT, &slot->body, HEAD_BYTES + bytes))
        write_at(slot_at + ANSWER_AT, &slot->answer, sizeof slot->answer);
}

/* Returns how many whole slots the file has. */
static uint32_t read_slots(struct MailboxSlot *slots) {
    struct WindowsState *state = windows_own();
    struct FilePosition start = {{0, 0}, 0, 0, 0};
    uint32_t bytes = 0;
    if (!read_file(HANDLE_OF(state->mailbox_file), slots, SLOTS_BYTES, &bytes, &start))
        return 0;
    return bytes / MAILBOX_SLOT_BYTES;
}

static int write_at(uint32_t offset, const void *from, uint32_t bytes) {
    struct WindowsState *state = windows_own();
    struct FilePosition position = {{0, 0}, 0, 0, 0};
    uint32_t written = 0;
    position.offset = offset;
    return write_file(HANDLE_OF(state->mailbox_file), from, bytes, &written, &position) &&
           written == bytes;
}

#endif
