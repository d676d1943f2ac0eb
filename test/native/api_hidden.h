/* SPDX-License-Identifier: MIT */
/* What compilers that know malloc must not see. */
#ifndef POOLNV_TEST_API_HIDDEN_H
#define POOLNV_TEST_API_HIDDEN_H

#include "pool_test.h"

static void *hide(void *pointer) {
    void *volatile hidden = pointer;
    return hidden;
}

static size_t too_much(size_t less) {
    volatile size_t size = (size_t)-1 - less;
    return size;
}

#endif
