/* SPDX-License-Identifier: MIT */
/* Shared by the tests: the pool itself, its statistics, and a check of bytes. */
#ifndef POOLNV_TEST_POOL_TEST_H
#define POOLNV_TEST_POOL_TEST_H

#include "native.c"

#include "check.h"
#include <sys/wait.h>

#define MB (1024u * 1024u)

static inline struct PoolSnapshot stats(void) {
    struct PoolSnapshot out;
    pool_snapshot(&out);
    return out;
}

static inline int filled(const void *user, int byte, size_t size) {
    const unsigned char *at = user;
    while (size-- != 0)
        if (*at++ != (unsigned char)byte)
            return 0;
    return 1;
}

#endif
