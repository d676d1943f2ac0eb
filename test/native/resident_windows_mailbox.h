/* SPDX-License-Identifier: MIT */
/* The mailbox file. Requests are answered by the test's mailbox_answer(): the bytes of the data,
 * each one higher. */
#ifndef POOLNV_TEST_RESIDENT_WINDOWS_MAILBOX_H
#define POOLNV_TEST_RESIDENT_WINDOWS_MAILBOX_H

#include "resident_windows.h"

static volatile LONG answers;

void mailbox_answer(struct MailboxBody *body) {
    uint32_t i;
    for (i = 0; i < body->bytes; i++)
        body->data[i]++;
    body->code = RESIDENT_OK;
    InterlockedIncrement(&answers);
}

/* As the agent makes it: a handle that holds it, another that fills it. Returns the former. */
static HANDLE make_mailbox(void) {
    static struct Mailbox empty;
    HANDLE held = CreateFileW(path_in_folder(L"mailbox"), GENERIC_READ | GENERIC_WRITE | DELETE,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_NEW,
                              FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    DWORD written;
    HANDLE filler =
        CreateFileW(path_in_folder(L"mailbox"), GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
    WriteFile(filler, &empty, sizeof empty, &written, NULL);
    CloseHandle(filler);
    return held;
}

static HANDLE open_as_host(void) {
    return CreateFileW(path_in_folder(L"mailbox"), GENERIC_READ | GENERIC_WRITE, 7, NULL,
                       OPEN_EXISTING, 0, NULL);
}

static void host_write(HANDLE file, uint32_t offset, const void *from, DWORD bytes) {
    DWORD written;
    SetFilePointer(file, (LONG)offset, NULL, FILE_BEGIN);
    WriteFile(file, from, bytes, &written, NULL);
}

static void host_read(HANDLE file, uint32_t offset, void *into, DWORD bytes) {
    DWORD got;
    memset(into, 0, bytes);
    SetFilePointer(file, (LONG)offset, NULL, FILE_BEGIN);
    ReadFile(file, into, bytes, &got, NULL);
}

/* With `bytes` of data, the i-th of which is i modulo 256. */
static void post(uint32_t slot, uint64_t number, uint64_t number_in_body, uint32_t bytes) {
    struct MailboxBody body = {number_in_body, 7, bytes, {0}};
    HANDLE file = open_as_host();
    uint32_t i;
    for (i = 0; i < bytes && i < MAILBOX_DATA_BYTES; i++)
        body.data[i] = (uint8_t)i;
    host_write(file, slot * MAILBOX_SLOT_BYTES + 16, &body, sizeof body);
    host_write(file, slot * MAILBOX_SLOT_BYTES, &number, sizeof number);
    CloseHandle(file);
}

/* Whether the slot has the answer to that request. */
static int has_answer(uint32_t slot, uint64_t number, uint32_t bytes) {
    static struct MailboxSlot found;
    HANDLE file = open_as_host();
    uint32_t i;
    int is_right;
    host_read(file, slot * MAILBOX_SLOT_BYTES, &found, sizeof found);
    CloseHandle(file);
    is_right = found.request == number && found.answer == number && found.body.number == number &&
               found.body.code == RESIDENT_OK && found.body.bytes == bytes;
    for (i = 0; i < bytes; i++)
        is_right &= found.body.data[i] == (uint8_t)(i + 1);
    return is_right;
}

static void cut_mailbox(uint32_t bytes) {
    HANDLE file = open_as_host();
    SetFilePointer(file, (LONG)bytes, NULL, FILE_BEGIN);
    SetEndOfFile(file);
    CloseHandle(file);
}

/* Answers when it is woken, or when it is asked to by the test. */
static uint32_t answer_woken(void) {
    windows_own()->is_woken = 1;
    return system_answer_file();
}

static void serve(void) {
    while (!stop_wanted) {
        system_answer_file();
        system_wait(RESIDENT_TICK_MS);
    }
}

static void test_answers(void) {
    uint32_t slot;
    HANDLE held;
    group_begin("requests in the file");
    CHECK("without a file there is none", answer_woken() == 0);
    wcscpy((wchar_t *)native_resident.mailbox_file, path_in_folder(L"mailbox"));
    CHECK("nor in one that is not there", answer_woken() == 0);
    held = make_mailbox();
    CHECK("nor in a new one", answer_woken() == 0 && windows_own()->mailbox_file != 0);
    post(3, 0xFFFFFFFFFFFFull, 0xFFFFFFFFFFFFull, 5);
    CHECK("no file is read before it is woken", system_answer_file() == 0);
    CHECK("one is answered", answer_woken() == 1 && has_answer(3, 0xFFFFFFFFFFFFull, 5));
    CHECK("once", answer_woken() == 0);
    for (slot = 0; slot < MAILBOX_SLOTS; slot++)
        post(slot, 100 + slot, 100 + slot, MAILBOX_DATA_BYTES - slot);
    CHECK("all slots at once", answer_woken() == MAILBOX_SLOTS);
    for (slot = 0; slot < MAILBOX_SLOTS; slot++)
        CHECK("each slot has its answer", has_answer(slot, 100 + slot, MAILBOX_DATA_BYTES - slot));
    post(4, 200, 201, 8);
    CHECK("a body of another host's is none of the slot's", answer_woken() == 0);
    post(4, 201, 201, 0);
    CHECK("an answer may have no data", answer_woken() == 1 && has_answer(4, 201, 0));
    system_end();
    CloseHandle(held);
}

static void test_damaged_file(void) {
    HANDLE held = make_mailbox();
    static const uint32_t lengths[] = {0, 1, 15, 16, 4095};
    uint32_t i;
    char end[2];
    group_begin("a file that is cut short");
    for (i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        post(0, 300 + i, 300 + i, 8);
        cut_mailbox(lengths[i]);
        CHECK("a slot that is not whole is none", answer_woken() == 0);
    }
    post(0, 310, 310, 8);
    post(1, 311, 311, 8);
    cut_mailbox(MAILBOX_SLOT_BYTES + 100);
    CHECK("what is there is read", answer_woken() == 1 && has_answer(0, 310, 8));
    CHECK("and the rest stays away",
          GetFileSize(HANDLE_OF(windows_own()->mailbox_file), NULL) == MAILBOX_SLOT_BYTES + 100);
    post(15, 312, 312, 8);
    CHECK("it serves again when it is whole", answer_woken() >= 1 && has_answer(15, 312, 8));
    CloseHandle(held);
    system_end();
    CHECK("it is gone with the program's handle",
          read_file_named(L"mailbox", end, sizeof end) == -1);
    CHECK("then there is no request", answer_woken() == 0);
}

static void test_closing(void) {
    HANDLE held = make_mailbox();
    unsigned closed, i;
    group_begin("how long the file is open");
    system_begin();
    closed = linux_descriptors();
    post(0, 400, 400, 8);
    CHECK("a request is answered", answer_woken() == 1);
    system_answer_file();
    CHECK("the file is open after it", windows_own()->mailbox_file != 0);
    Sleep(MAILBOX_UNUSED_MS / 2);
    post(1, 401, 401, 8);
    CHECK("so is the next", answer_woken() == 1);
    Sleep(MAILBOX_UNUSED_MS * 3 / 5);
    system_answer_file();
    CHECK("it counts from the last request", windows_own()->mailbox_file != 0);
    Sleep(MAILBOX_UNUSED_MS / 2);
    system_answer_file();
    CHECK("then it is closed", windows_own()->mailbox_file == 0);
    if (is_wine())
        CHECK("and costs no descriptor", linux_descriptors() == closed);
    CHECK("after a wake for another pool it is not left open",
          answer_woken() == 0 && windows_own()->mailbox_file == 0);
    for (i = 0; i < 50; i++) {
        post(2, 500 + i, 500 + i, 8);
        if (answer_woken() != 1)
            break;
    }
    CHECK("it is opened again", i == 50 && has_answer(2, 549, 8));
    system_end();
    CloseHandle(held);
}

/* The two halves together: a host wakes the thread, which answers. */
static void test_serving(void) {
    HANDLE held = make_mailbox();
    uint32_t i;
    LONG before;
    group_begin("a host that wakes the thread");
    start_resident(serve);
    for (i = 0; i < 40; i++) {
        before = answers;
        post(i % MAILBOX_SLOTS, 1000 + i, 1000 + i, 16);
        wake_from_windows();
        CHECK("it answers", waits_for(&answers, before + 1, RESIDENT_TICK_MS * 3 / 4));
        Sleep(5);
        CHECK("with the answer", has_answer(i % MAILBOX_SLOTS, 1000 + i, 16));
    }
    InterlockedExchange(&stop_wanted, 1);
    wake_from_windows();
    stop_resident();
    CHECK("its file is closed", windows_own()->mailbox_file == 0);
    CloseHandle(held);
}

static void test_mailbox(void) {
    test_answers();
    test_damaged_file();
    test_closing();
    test_serving();
    native_resident.mailbox_file[0] = 0;
}

#endif
