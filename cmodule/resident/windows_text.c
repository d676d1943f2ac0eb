/* SPDX-License-Identifier: MIT */
/* Text for the program's own functions, which take the code page of the system. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

#define PROGRAM_CODE_PAGE 0 /* winnls.h, CP_ACP */

#define bytes_to_wide                                                                              \
    ((int32_t(NT *)(uint32_t, uint32_t, const char *, int32_t, uint16_t *, int32_t))(              \
        uintptr_t)POOLNV_BYTES_TO_WIDE)

/* In UTF-16 it has at most as many characters as it has bytes. */
int system_encode(char text[RESIDENT_TEXT_BYTES]) {
    uint16_t wide[RESIDENT_TEXT_BYTES];
    int32_t length = bytes_to_wide(UTF_8, 0, text, -1, wide, RESIDENT_TEXT_BYTES);
    return length > 0 && wide_to_bytes(PROGRAM_CODE_PAGE, 0, wide, length, text,
                                       RESIDENT_TEXT_BYTES, (const char *)0, (int32_t *)0) > 0;
}

#endif
