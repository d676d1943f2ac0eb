/* SPDX-License-Identifier: MIT */
/* The log file of a Windows program. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* winnt.h, fileapi.h, winbase.h */
#define FILE_APPEND_DATA             (0x0004)
#define FILE_READ_ATTRIBUTES         (0x0080)
#define SHARE_READ_WRITE             0x3
#define CREATE_NEW                   1
#define OPEN_EXISTING                3
#define FILE_ATTRIBUTE_NORMAL        0x00000080
#define FILE_FLAG_OPEN_REPARSE_POINT 0x200000
#define IS_DIRECTORY_OR_LINK         (0x00000010 | 0x00000400)
#define FILE_TYPE_DISK               0x1
#define STRINGS_ARE_EQUAL            2 /* CSTR_EQUAL */

/* fileapi.h, struct BY_HANDLE_FILE_INFORMATION */
struct FileFacts {
    uint32_t attributes;
    uint32_t times[6];
    uint32_t volume;
    uint32_t size[2];
    uint32_t links;
    uint32_t index[2];
};

#ifdef POOLNV_RESIDENT_NATIVE
_Static_assert(sizeof(struct FileFacts) == sizeof(BY_HANDLE_FILE_INFORMATION), "its size");
_Static_assert(offsetof(struct FileFacts, links) ==
                   offsetof(BY_HANDLE_FILE_INFORMATION, nNumberOfLinks),
               "nNumberOfLinks");
#endif

#define WRITE_BYTES 3000u /* written at once: whole lines, unless one is longer */

#define get_file_type ((uint32_t(NT *)(void *))(uintptr_t)POOLNV_GET_FILE_TYPE)
#define get_file_information                                                                       \
    ((int32_t(NT *)(void *, struct FileFacts *))(uintptr_t)POOLNV_GET_FILE_INFORMATION)
#define get_final_path                                                                             \
    ((uint32_t(NT *)(void *, uint16_t *, uint32_t, uint32_t))(uintptr_t)POOLNV_GET_FINAL_PATH)

static void *open_log(uint32_t disposition);
static int is_plain_file(void *file);
static int is_named_like_log(void *file);
static const uint16_t *file_name_in(const uint16_t *path, uint32_t *characters);
static int write_lines(void *file, const char *text, uint32_t bytes);
static uint32_t take_lines(char *to, const char *text, uint32_t bytes, uint32_t *taken);

int32_t system_append(const char *text, uint32_t bytes) {
    int is_ours = 1, is_written;
    void *file;
    if (resident_state()->log_file_wide[0] == 0)
        return 0;
    file = open_log(CREATE_NEW);
    if (file == NO_HANDLE) {
        file = open_log(OPEN_EXISTING);
        if (file == NO_HANDLE)
            return 0;
        is_ours = is_plain_file(file);
    }
    is_written = is_ours && write_lines(file, text, bytes);
    close_handle(file);
    return is_written;
}

static void *open_log(uint32_t disposition) {
    return create_file(resident_state()->log_file_wide, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES,
                       SHARE_READ_WRITE, 0, disposition,
                       FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, 0);
}

/* On a disk, no directory, no link, and without a second hard link. */
static int is_plain_file(void *file) {
    struct FileFacts facts;
    return get_file_type(file) == FILE_TYPE_DISK && get_file_information(file, &facts) &&
           (facts.attributes & IS_DIRECTORY_OR_LINK) == 0 && facts.links == 1 &&
           is_named_like_log(file);
}

/* Wine follows a link of the Linux file system all the same, but returns the path of its target. */
static int is_named_like_log(void *file) {
    uint16_t path[PATH_CHARACTERS];
    const uint16_t *found, *wanted;
    uint32_t found_characters, wanted_characters;
    uint32_t length = get_final_path(file, path, PATH_CHARACTERS, 0);
    if (length == 0 || length >= PATH_CHARACTERS)
        return 0;
    found = file_name_in(path, &found_characters);
    wanted = file_name_in(resident_state()->log_file_wide, &wanted_characters);
    return compare_strings(found, (int32_t)found_characters, wanted, (int32_t)wanted_characters,
                           1) == STRINGS_ARE_EQUAL;
}

static const uint16_t *file_name_in(const uint16_t *path, uint32_t *characters) {
    const uint16_t *name = path;
    for (; *path != 0; path++)
        if (*path == '\\' || *path == '/')
            name = path + 1;
    *characters = (uint32_t)(path - name);
    return name;
}

static int write_lines(void *file, const char *text, uint32_t bytes) {
    char buffer[WRITE_BYTES];
    while (bytes != 0) {
        uint32_t taken, written = 0, length = take_lines(buffer, text, bytes, &taken);
        if (!write_file(file, buffer, length, &written, 0) || written != length)
            return 0;
        text += taken;
        bytes -= taken;
    }
    return 1;
}

/* Copies as many whole lines as fit, each ended by \r\n. Of a line that does not fit, its start. */
static uint32_t take_lines(char *to, const char *text, uint32_t bytes, uint32_t *taken) {
    uint32_t length = 0, i, lines_length = 0, lines_taken = 0;
    for (i = 0; i < bytes && length + 2 <= WRITE_BYTES; i++) {
        if (text[i] == '\n')
            to[length++] = '\r';
        to[length++] = text[i];
        if (text[i] == '\n') {
            lines_length = length;
            lines_taken = i + 1;
        }
    }
    if (i < bytes && lines_taken != 0) {
        length = lines_length;
        i = lines_taken;
    }
    *taken = i;
    return length;
}

#endif
