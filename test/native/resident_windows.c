/* SPDX-License-Identifier: MIT */
/* The resident's half for Windows programs (cmodule/resident/windows*.c): each function of
 * system.h, called as the resident calls it, on a system that is not pretended. */
#include "resident_windows.h"

#include "resident_windows_log.h"
#include "resident_windows_mailbox.h"
#include "resident_windows_process.h"

/* ---- the thread and what wakes it ---- */

static volatile LONG returns, woken;

static void wait_and_count(void) {
    while (!stop_wanted) {
        windows_own()->is_woken = 0;
        system_wait(RESIDENT_TICK_MS);
        InterlockedIncrement(&returns);
        if (windows_own()->is_woken)
            InterlockedIncrement(&woken);
    }
}

static void stop_waiting(void) {
    InterlockedExchange(&stop_wanted, 1);
    wake_from_windows(); /* else it would end with its wait */
    stop_resident();
}

static void test_waking(void) {
    unsigned descriptors;
    LONG before;
    group_begin("what wakes the thread");
    wcscpy((wchar_t *)native_resident.mailbox_folder, folder);
    start_resident(wait_and_count);
    Sleep(200);
    CHECK("it hears of new files", windows_own()->notification != 0);
    before = returns;
    Sleep(3500);
    CHECK("at rest it wakes once in five seconds", returns - before <= 1);
    CHECK("no host has woken it", woken == 0);
    descriptors = linux_descriptors();
    wake_from_windows();
    CHECK("a Windows program wakes it", waits_for(&woken, 1, 1500));
    Sleep(100);
    before = woken;
    wake_from_windows();
    CHECK("again", waits_for(&woken, before + 1, 1500));
    if (is_wine()) {
        CHECK("being woken costs no descriptor", linux_descriptors() == descriptors);
        Sleep(100);
        before = woken;
        run_on_linux(L"touch mailbox.wake; rm mailbox.wake");
        CHECK("a Linux program wakes it", waits_for(&woken, before + 1, 1500));
    }
    stop_waiting();
    CHECK("the notification is closed", windows_own()->notification == 0);
}

static void test_without_notification(void) {
    LONG before;
    group_begin("a thread that no host can wake");
    native_resident.mailbox_folder[0] = 0;
    returns = 0;
    start_resident(wait_and_count);
    Sleep(1050);
    CHECK("it checks ten times a second, no more", returns >= 2 && returns <= 11);
    stop_waiting();

    wcscpy((wchar_t *)native_resident.mailbox_folder, path_in_folder(L"no such folder"));
    returns = 0;
    start_resident(wait_and_count);
    Sleep(1050);
    CHECK("nor without its folder", returns >= 2 && returns <= 11);
    stop_waiting();

    wcscpy((wchar_t *)native_resident.mailbox_folder, folder);
    start_resident(wait_and_count);
    Sleep(200);
    CloseHandle(HANDLE_OF(windows_own()->notification));
    wake_from_windows();
    Sleep(2200);
    before = returns;
    Sleep(1050);
    CHECK("nor when the program closes its handle",
          returns - before >= 2 && returns - before <= 11);
    stop_waiting();
}

static void start_only(void) {}

static void test_start(void) {
    group_begin("start and end");
    start_resident(start_only);
    resident_join();
    CHECK("a thread that has ended can be joined", native_resident.thread == 0);
    start_resident(start_only);
    resident_release();
    CHECK("or released", native_resident.thread == 0);
    resident_release();
    Sleep(100);
    thread_body = NULL;
    CHECK("it is started only once", resident_start() == 0 && native_resident.thread == 0);
    resident_join();
}

/* ---- the last thread of a program ---- */

static void wait_until_alone(void) {
    while (!system_is_alone())
        Sleep(10);
    ExitProcess(42);
}

static void test_alone(void) {
    DWORD code = 0;
    HANDLE child;
    group_begin("a program whose other threads have ended");
    returns = 0;
    start_resident(wait_and_count);
    CHECK("one that has two threads is not", !system_is_alone());
    stop_waiting();
    child = start_copy(own_path(), L"alone");
    CHECK("another ends", WaitForSingleObject(child, 20000) == WAIT_OBJECT_0);
    GetExitCodeProcess(child, &code);
    CHECK("by what its last thread saw", code == 42);
    CloseHandle(child);
}

static void test_clocks(void) {
    struct SystemTime now;
    SYSTEMTIME wanted;
    uint32_t start = system_milliseconds();
    group_begin("clocks");
    system_pause(120);
    CHECK("a pause lasts", system_milliseconds() - start >= 90);
    do {
        GetSystemTime(&wanted);
        system_time(&now);
    } while (now.milliseconds < wanted.wMilliseconds); /* a second has begun between */
    CHECK("the day",
          now.year == wanted.wYear && now.month == wanted.wMonth && now.day == wanted.wDay);
    CHECK("the time",
          now.hour == wanted.wHour && now.minute == wanted.wMinute && now.second == wanted.wSecond);
}

int main(int count, char **arguments) {
    if (count > 1 && strcmp(arguments[1], "alone") == 0) {
        thread_body = wait_until_alone;
        resident_start();
        ExitThread(1);
    }
    if (count > 1) { /* "wait": a namesake, until it is terminated */
        Sleep(60000);
        return 0;
    }
    native_resident.is_wine = (uint32_t)is_wine();
    make_folder();
    test_start();
    test_waking();
    test_without_notification();
    test_alone();
    test_clocks();
    test_mailbox();
    test_log();
    test_process();
    group_begin("the test itself");
    remove_folder();
    return check_end();
}
