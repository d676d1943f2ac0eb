/* SPDX-License-Identifier: MIT */
/* Exceptions of a 32-bit Windows program, as they are raised: before the program's own handlers,
 * which then go on as ever. */
#include "system_windows.h"

#ifdef POOLNV_WINDOWS

/* ntstatus.h */
#define STATUS_OF_ACCESS_VIOLATION       0xC0000005u
#define STATUS_OF_ILLEGAL_INSTRUCTION    0xC000001Du
#define STATUS_OF_FIRST_ARITHMETIC       0xC000008Du /* STATUS_FLOAT_DENORMAL_OPERAND */
#define STATUS_OF_LAST_ARITHMETIC        0xC0000095u /* STATUS_INTEGER_OVERFLOW */
#define STATUS_OF_PRIVILEGED_INSTRUCTION 0xC0000096u

/* errhandlingapi.h */
#define SEARCH_ON 0 /* EXCEPTION_CONTINUE_SEARCH */

/* winnt.h, structs EXCEPTION_RECORD and EXCEPTION_POINTERS of 32-bit programs, as far as they are
 * read here */
struct RaisedException {
    uint32_t code;
    uint32_t flags;
    uint32_t outer;
    uint32_t address; /* of the instruction */
};
struct RaisedPointers {
    struct RaisedException *exception;
    void *registers;
};

#define add_exception_handler                                                                      \
    ((void *(NT *)(uint32_t, int32_t(NT *)(struct RaisedPointers *)))(                             \
        uintptr_t)POOLNV_ADD_EXCEPTION_HANDLER)
#define raising_thread_id ((uint32_t(NT *)(void))(uintptr_t)POOLNV_GET_CURRENT_THREAD_ID)

static int32_t NT see_exception(struct RaisedPointers *raised);
static uint32_t kind_of(uint32_t code);

void system_watch_exceptions(void) {
    struct WindowsState *state = windows_own();
    if (!state->sees_exceptions)
        state->sees_exceptions = add_exception_handler(1, see_exception) != 0;
}

/* Those of the resident's own thread are of system_read(), and handled there. */
static int32_t NT see_exception(struct RaisedPointers *raised) {
    uint32_t kind = kind_of(raised->exception->code);
    if (kind != 0 && raising_thread_id() != windows_own()->thread)
        resident_record_exception(kind, raised->exception->address);
    return SEARCH_ON;
}

/* Those that programs die of, 0 for others. After a stack overflow there is no stack left for the
 * handler. */
static uint32_t kind_of(uint32_t code) {
    if (code == STATUS_OF_ACCESS_VIOLATION)
        return RESIDENT_ACCESS_VIOLATION;
    if (code == STATUS_OF_ILLEGAL_INSTRUCTION || code == STATUS_OF_PRIVILEGED_INSTRUCTION)
        return RESIDENT_ILLEGAL_INSTRUCTION;
    if (code >= STATUS_OF_FIRST_ARITHMETIC && code <= STATUS_OF_LAST_ARITHMETIC)
        return RESIDENT_ARITHMETIC;
    return 0;
}

#endif
