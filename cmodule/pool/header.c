/* SPDX-License-Identifier: MIT */
#include "header.h"

void pool_header_write(void *user, uint32_t size, uint32_t key, uint32_t magic) {
    struct AllocHeader *header = POOL_HEADER_OF(user);

    header->size = size;
    header->tag = POOL_TAG(size, user, key);
    header->magic = magic;
}
