/* SPDX-License-Identifier: MIT */
/* The other processes that run a program of this one's file name. Case does not matter, and `.exe`
 * may be left out: the rule by which hosts find a program. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* tlhelp32.h */
#define TH32CS_SNAPPROCESS 0x00000002
#define NAME_CHARACTERS    260u
#define STRINGS_ARE_EQUAL  2 /* CSTR_EQUAL */
#define EXTENSION_LENGTH   4u
#define MOST_NAMESAKES     (MAILBOX_DATA_BYTES / 4u)

/* tlhelp32.h, struct PROCESSENTRY32W of 32-bit programs */
struct ProcessEntry {
    uint32_t bytes;
    uint32_t unused;
    uint32_t pid;
    uint32_t more[6];
    uint16_t name[NAME_CHARACTERS];
};
_Static_assert(sizeof(struct ProcessEntry) == 556, "PROCESSENTRY32W");

#define create_snapshot ((void *(NT *)(uint32_t, uint32_t))(uintptr_t)POOLNV_CREATE_SNAPSHOT)
#define process_first                                                                              \
    ((int32_t(NT *)(void *, struct ProcessEntry *))(uintptr_t)POOLNV_PROCESS_FIRST)
#define process_next   ((int32_t(NT *)(void *, struct ProcessEntry *))(uintptr_t)POOLNV_PROCESS_NEXT)
#define own_process_id ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_CURRENT_PROCESS_ID)

static int find_own(void *snapshot, struct ProcessEntry *own);
static int has_same_name(const struct ProcessEntry *one, const struct ProcessEntry *other);
static uint32_t bare_length(const uint16_t *name);

uint32_t system_namesakes(uint8_t *data, uint32_t *bytes) {
    struct ProcessEntry own, entry;
    uint32_t *pids = (uint32_t *)(void *)data, count = 0;
    void *snapshot = create_snapshot(TH32CS_SNAPPROCESS, 0);
    int more;
    *bytes = 0;
    if (snapshot == NO_HANDLE)
        return RESIDENT_UNAVAILABLE;
    if (!find_own(snapshot, &own)) {
        close_handle(snapshot);
        return RESIDENT_UNAVAILABLE;
    }
    entry.bytes = sizeof entry;
    for (more = process_first(snapshot, &entry); more && count < MOST_NAMESAKES;
         more = process_next(snapshot, &entry))
        if (entry.pid != own.pid && has_same_name(&entry, &own))
            pids[count++] = entry.pid;
    close_handle(snapshot);
    *bytes = 4u * count;
    return RESIDENT_OK;
}

static int find_own(void *snapshot, struct ProcessEntry *own) {
    uint32_t pid = own_process_id();
    int more;
    own->bytes = sizeof *own;
    for (more = process_first(snapshot, own); more; more = process_next(snapshot, own))
        if (own->pid == pid)
            return 1;
    return 0;
}

static int has_same_name(const struct ProcessEntry *one, const struct ProcessEntry *other) {
    return compare_strings(one->name, (int32_t)bare_length(one->name), other->name,
                           (int32_t)bare_length(other->name), 1) == STRINGS_ARE_EQUAL;
}

/* Without `.exe`. */
static uint32_t bare_length(const uint16_t *name) {
    uint32_t length = 0;
    const uint16_t *end;
    while (length < NAME_CHARACTERS && name[length] != 0)
        length++;
    if (length < EXTENSION_LENGTH)
        return length;
    end = name + length - EXTENSION_LENGTH;
    if (end[0] == '.' && (end[1] | 0x20) == 'e' && (end[2] | 0x20) == 'x' && (end[3] | 0x20) == 'e')
        length -= EXTENSION_LENGTH;
    return length;
}

#endif
