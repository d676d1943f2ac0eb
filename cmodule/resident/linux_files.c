/* SPDX-License-Identifier: MIT */
/* Appending to the log, with checks whether another user may have created it. */
#include "state.h"

#ifdef POOLNV_LINUX

#include "linux.h"

#define APPEND_FLAGS                                                                               \
    (O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_LARGEFILE)
#define OWNER_READ_WRITE 0600

struct file_facts {
    uint32_t links, owner, mode;
};

static int is_acceptable(long file, const char *path);
static int is_open_to_others(const char *path);
static int is_trusted(uint32_t owner);
static int read_facts(long folder, const char *path, long flags, struct file_facts *out);

int32_t system_append(const char *text, uint32_t bytes) {
    const char *path = resident_state()->log_file;
    long written = -1;
    long file =
        linux_call(__NR_openat, (long)AT_FDCWD, path, (long)APPEND_FLAGS, (long)OWNER_READ_WRITE);
    if (file < 0)
        return 0;
    if (is_acceptable(file, path))
        written = linux_call(__NR_write, file, text, (long)bytes);
    linux_call(__NR_close, file);
    return written >= 0;
}

/* In a directory that others may write to, only a file that the program's user owns and that has no
 * second hard link. */
static int is_acceptable(long file, const char *path) {
    struct file_facts found;
    if (!read_facts(file, "", AT_EMPTY_PATH, &found))
        return 0;
    if (is_open_to_others(path))
        return (found.mode & S_IFMT) == S_IFREG &&
               found.owner == (uint32_t)linux_call(NR_GETEUID) && found.links == 1;
    return (found.mode & S_IFMT) == S_IFREG || (found.mode & S_IFMT) == S_IFCHR;
}

/* Of the folder that the path is in. */
static int is_open_to_others(const char *path) {
    char folder[sizeof(((struct Resident *)0)->log_file)];
    struct file_facts found;
    uint32_t at, end = 0, length = 0;
    for (at = 0; at + 1 < sizeof folder && path[at] != 0; at++) {
        folder[at] = path[at];
        if (path[at] == '/')
            end = at;
        length = at + 1;
    }
    if (end == 0) {
        folder[0] = length > 0 && path[0] == '/' ? '/' : '.';
        end = 1;
    }
    folder[end] = 0;
    return !read_facts(AT_FDCWD, folder, 0, &found) || (found.mode & S_IWOTH) != 0 ||
           !is_trusted(found.owner);
}

static int is_trusted(uint32_t owner) {
    return owner == 0 || owner == (uint32_t)linux_call(NR_GETEUID);
}

static int read_facts(long folder, const char *path, long flags, struct file_facts *out) {
    uint64_t record[STATX_BYTES / 8];
    const char *at = (const char *)record;
    if (linux_call(__NR_statx, folder, path, flags, (long)STATX_BASIC_STATS, record) != 0)
        return 0;
    out->links = *(const uint32_t *)(const void *)(at + STATX_NLINK_AT);
    out->owner = *(const uint32_t *)(const void *)(at + STATX_UID_AT);
    out->mode = *(const uint16_t *)(const void *)(at + STATX_MODE_AT);
    return 1;
}

#endif
