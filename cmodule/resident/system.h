/* SPDX-License-Identifier: MIT */
/* What the resident needs of the operating system: linux.c and windows.c. Called by the resident's
 * thread alone, unless it says otherwise. */
#ifndef POOLNV_RESIDENT_SYSTEM_H
#define POOLNV_RESIDENT_SYSTEM_H

#include "resident.h"

struct SystemTime {
    uint32_t year, month, day, hour, minute, second, milliseconds; /* UTC; month and day from 1 */
};

/* On the new thread, before anything else: opens what wakes it, and sets wake_thread and
 * wake_descriptor of the control block. */
void system_begin(void);

/* Before the thread returns: closes that. */
void system_end(void);

/* Sleeps until a host wakes the thread or the time is over; at most RESIDENT_POLL_MS if no host
 * can. What woke it is used up. */
void system_wait(uint32_t milliseconds);

/* Whether all other threads of the program have ended. A program whose main thread called
 * pthread_exit, or ExitThread, ends with its last thread, which must not be this one. */
int system_is_alone(void);

/* Since some moment; wraps around. Any thread. */
uint32_t system_milliseconds(void);

/* The time of day. Any thread. */
void system_time(struct SystemTime *now);

/* Appends to the log file; see resident_log(). Any thread. */
int32_t system_append(const char *text, uint32_t bytes);

/* Fills in all but `pool`. */
void system_address_space(struct ResidentSnapshot *out);

/* Copies memory that may not be mapped. Returns 0 if it is not. */
int system_read(void *to, uint64_t address, uint32_t bytes);

/* Answers new requests in the mailbox file, if there is one, by mailbox_answer(). Returns how many.
 */
uint32_t system_answer_file(void);

/* Each fills in the data of an answer, at most MAILBOX_DATA_BYTES, and its length; returns an enum
 * ResidentStatus. */
uint32_t system_modules(uint32_t first, uint8_t *data, uint32_t *bytes);
uint32_t system_namesakes(uint8_t *data, uint32_t *bytes);

/* Windows: replaces terminated UTF-8 by the same text in the code page that the program's functions
 * take, terminated. Returns 0 if it does not fit. */
int system_encode(char text[RESIDENT_TEXT_BYTES]);

/* From now on records exceptions by resident_record_exception(). Idempotent; never undone. */
void system_watch_exceptions(void);

/* Sleeps in a thread of the program that raised an exception. */
void system_pause(uint32_t milliseconds);

/* ---- of the resident, for the above ---- */

/* Answers the request in a body whose number is as expected, in place. */
void mailbox_answer(struct MailboxBody *body);

/* Records an exception, and waits if a host is watching. Called by the thread that raised it, which
 * may be in any state: takes no lock, allocates nothing. */
void resident_record_exception(uint32_t kind, uint64_t address);

/* The body of the thread; returns when it is ordered to stop. */
void resident_run(void);

#endif
