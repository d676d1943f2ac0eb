/* SPDX-License-Identifier: MIT */
#include "mailbox.h"

#include "memory.h"
#include "state.h"

#define NUMBER_LIMIT      (1ull << 48)
#define BODY_HEAD_BYTES   ((uint32_t)offsetof(struct MailboxBody, data))
#define BODY_BYTES(bytes) (BODY_HEAD_BYTES + (bytes))

static void answer_slot(struct MailboxSlot *slot);
static uint64_t read_number(uint64_t *word);
static void write_number(uint64_t *word, uint64_t number);

void mailbox_scan(void) {
    struct Mailbox *mailbox = &resident_state()->mailbox;
    uint32_t i;
    for (i = 0; i < MAILBOX_SLOTS; i++)
        answer_slot(&mailbox->slots[i]);
}

/* The body is copied before anything in it is believed: hosts may write to the slot meanwhile. One
 * whose number differs belongs to another host, or is not complete. */
static void answer_slot(struct MailboxSlot *slot) {
    struct MailboxBody *body = &resident_own()->body;
    uint64_t number = read_number(&slot->request);
    if (number == 0 || number >= NUMBER_LIMIT || number == read_number(&slot->answer) ||
        number != read_number(&slot->body.number))
        return;
    memcpy(body, &slot->body, sizeof *body);
    if (body->number != number)
        return;
    mailbox_answer(body);
    memcpy(&slot->body, body, BODY_BYTES(body->bytes));
    write_number(&slot->answer, number);
}

void mailbox_answer(struct MailboxBody *body) {
    uint32_t status =
        body->bytes <= MAILBOX_DATA_BYTES ? resident_answer(body) : (uint32_t)RESIDENT_INVALID;
    if (status != RESIDENT_OK)
        body->bytes = 0;
    body->code = status;
}

void mailbox_open(void) {
    struct Mailbox *mailbox = &resident_state()->mailbox;
    uint32_t i;
    for (i = 0; i < MAILBOX_SLOTS; i++) {
        write_number(&mailbox->slots[i].request, 0);
        write_number(&mailbox->slots[i].answer, 0);
    }
    write_number(&mailbox->self, (uint64_t)(uintptr_t)mailbox);
    write_number(&mailbox->mark, MAILBOX_MARK);
}

/* In halves, which a write may come between: a mixed number is that of no body. */
static uint64_t read_number(uint64_t *word) {
    uint32_t *half = (uint32_t *)(void *)word;
    uint32_t low = RESIDENT_LOAD(half[0]);
    return (uint64_t)RESIDENT_LOAD(half[1]) << 32 | low;
}

static void write_number(uint64_t *word, uint64_t number) {
    uint32_t *half = (uint32_t *)(void *)word;
    RESIDENT_STORE(half[1], (uint32_t)(number >> 32));
    RESIDENT_STORE(half[0], (uint32_t)number);
}
