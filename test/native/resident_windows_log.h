/* SPDX-License-Identifier: MIT */
/* The log file. */
#ifndef POOLNV_TEST_RESIDENT_WINDOWS_LOG_H
#define POOLNV_TEST_RESIDENT_WINDOWS_LOG_H

#include "resident_windows.h"

static void log_to(const wchar_t *path) { wcscpy((wchar_t *)native_resident.log_file_wide, path); }

static int append(const char *text) { return system_append(text, (uint32_t)strlen(text)); }

static int log_is(const wchar_t *name, const char *wanted) {
    static char found[40000];
    return read_file_named(name, found, sizeof found) == (int)strlen(wanted) &&
           strcmp(found, wanted) == 0;
}

/* 400 lines of 26 bytes, and a line of 7000. */
static void test_long_texts(void) {
    static char text[20000], wanted[20000];
    unsigned i;
    text[0] = wanted[0] = 0;
    for (i = 0; i < 400; i++) {
        sprintf(text + strlen(text), "line %04u of many of them\n", i);
        sprintf(wanted + strlen(wanted), "line %04u of many of them\r\n", i);
    }
    memset(text + strlen(text), 'x', 7000);
    memset(wanted + strlen(wanted), 'x', 7000);
    strcat(text, "\n");
    strcat(wanted, "\r\n");
    log_to(path_in_folder(L"long.log"));
    CHECK("a long text", append(text) && log_is(L"long.log", wanted));
    DeleteFileW(path_in_folder(L"long.log"));
    memset(text, '\n', 5000);
    text[5000] = 0;
    CHECK("empty lines", append(text));
    CHECK("all of them", read_file_named(L"long.log", wanted, sizeof wanted) == 10000);
}

/* Nothing is written, and the file keeps what it has. */
static void check_refused(const char *what, const wchar_t *name) {
    log_to(path_in_folder(name));
    CHECK(what, !append("harm\n"));
}

static void test_foreign_files(void) {
    write_file_named(L"precious", "precious", 8);
    CreateDirectoryW(path_in_folder(L"a folder"), NULL);
    check_refused("not to a folder", L"a folder");
    RemoveDirectoryW(path_in_folder(L"a folder"));
    CreateHardLinkW(path_in_folder(L"second-name.log"), path_in_folder(L"precious"), NULL);
    check_refused("not to a file with a second name", L"second-name.log");
    DeleteFileW(path_in_folder(L"second-name.log"));
    if (is_wine()) {
        run_on_linux(L"ln -s precious link.log; ln -s /dev/null device.log; ln -s nothing "
                     L"dangling.log; touch linked");
        CHECK("there are links", appears(L"linked"));
        check_refused("not through a link of the Linux file system", L"link.log");
        check_refused("nor to a device", L"device.log");
        check_refused("nor to a new file", L"dangling.log");
        CHECK("that is not there",
              GetFileAttributesW(path_in_folder(L"nothing")) == INVALID_FILE_ATTRIBUTES);
        run_on_linux(L"rm -f link.log device.log dangling.log; touch unlinked");
        CHECK("the links are removed", appears(L"unlinked"));
    }
    check_refused("not to a folder that is not there", L"missing\\a.log");
    CHECK("what was there is left", log_is(L"precious", "precious"));
}

static void test_log(void) {
    HANDLE other;
    unsigned descriptors = linux_descriptors();
    group_begin("the log file");
    native_resident.log_file_wide[0] = 0;
    CHECK("no log", !append("lost\n"));
    log_to(path_in_folder(L"\u00e4\u6f22.log"));
    CHECK("a new file", append("one\ntwo\n") && log_is(L"\u00e4\u6f22.log", "one\r\ntwo\r\n"));
    CHECK("an old file", append("three \xC3\xA4\n") &&
                             log_is(L"\u00e4\u6f22.log", "one\r\ntwo\r\nthree \xC3\xA4\r\n"));
    log_to(path_in_folder(L"\u00c4\u6f22.LOG"));
    CHECK("in other case",
          append("4\n") && log_is(L"\u00e4\u6f22.log", "one\r\ntwo\r\nthree \xC3\xA4\r\n4\r\n"));
    other = CreateFileW(path_in_folder(L"\u00e4\u6f22.log"), GENERIC_READ, 7, NULL, OPEN_EXISTING,
                        0, NULL);
    CHECK("while another program reads it", append("5\n"));
    CloseHandle(other);
    log_to(L"NUL");
    CHECK("to a device that takes everything", append("6\n"));
    test_long_texts();
    if (is_wine())
        CHECK("no descriptor is left open", linux_descriptors() == descriptors);
    test_foreign_files();
    native_resident.log_file_wide[0] = 0;
}

#endif
