/* SPDX-License-Identifier: MIT */
/* Named one-line checks. A failing one names itself; every group prints one line. */
#ifndef POOLNV_TEST_CHECK_H
#define POOLNV_TEST_CHECK_H

#include <stdio.h>

static unsigned check_passed, check_failed, group_passed, group_failed;
static const char *group_name;

static void check_that(int holds, const char *name, const char *file, int line) {
    if (holds) {
        check_passed++;
        return;
    }
    check_failed++;
    if (check_failed <= 50)
        printf("%s:%d: FAILED: %s: %s\n", file, line, group_name, name);
}
#define CHECK(name, condition) check_that((condition) != 0, (name), __FILE__, __LINE__)

static void group_end(void) {
    if (group_name != NULL)
        printf("%s: %u passed, %u failed\n", group_name, check_passed - group_passed,
               check_failed - group_failed);
    fflush(stdout);
}

static void group_begin(const char *name) {
    group_end();
    group_name = name;
    group_passed = check_passed;
    group_failed = check_failed;
}

/* Prints the total; what main returns. */
static int check_end(void) {
    group_end();
    printf("%u passed, %u failed\n", check_passed, check_failed);
    return check_failed != 0;
}

#endif
