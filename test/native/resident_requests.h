/* SPDX-License-Identifier: MIT */
/* For resident.c: every request, and mailboxes that are not as they should be. */
#ifndef POOLNV_TEST_RESIDENT_REQUESTS_H
#define POOLNV_TEST_RESIDENT_REQUESTS_H

/* One byte too few, one too many, more than there can be. */
static int refuses_lengths(uint32_t code, uint32_t bytes) {
    static const uint8_t data[MAILBOX_DATA_BYTES];
    int refused = ask(code, data, bytes + 1) == RESIDENT_INVALID && reply.bytes == 0;
    refused &= ask(code, data, MAILBOX_DATA_BYTES) == RESIDENT_INVALID;
    refused &= ask(code, data, MAILBOX_DATA_BYTES + 1) == RESIDENT_INVALID;
    refused &= ask(code, data, ~0u) == RESIDENT_INVALID;
    return refused && (bytes == 0 || ask(code, data, bytes - 1) == RESIDENT_INVALID);
}

static void test_counters(void) {
    const struct ResidentSnapshot *snapshot = (const void *)reply.data;
    uint64_t returned;
    group_begin("requests about the pool");
    CHECK("facts", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK &&
                       reply.bytes == sizeof control_block &&
                       memcmp(reply.data, &control_block, sizeof control_block) == 0);
    CHECK("facts, lengths", refuses_lengths(RESIDENT_FACTS, 0));
    CHECK("snapshot", ask(RESIDENT_SNAPSHOT, NULL, 0) == RESIDENT_OK);
    CHECK("cut behind its last row", reply.bytes == offsetof(struct ResidentSnapshot, pool) +
                                                        offsetof(struct PoolSnapshot, classes) +
                                                        2 * 24);
    CHECK("counters", snapshot->pool.pool_size == counters.pool_size);
    CHECK("address space", snapshot->has_space == (sizeof(void *) == 4));
    CHECK("snapshot, lengths", refuses_lengths(RESIDENT_SNAPSHOT, 0));
    CHECK("active", ask_word(RESIDENT_SET_ACTIVE, 1) == RESIDENT_OK && reply.bytes == 4 &&
                        reply_word() == 1 && NEW_LINE("active: new allocations go to the pool"));
    CHECK("inactive", ask_word(RESIDENT_SET_ACTIVE, 0) == RESIDENT_OK && reply_word() == 0 &&
                          NEW_LINE("inactive: new allocations go to the original"));
    CHECK("neither", ask_word(RESIDENT_SET_ACTIVE, 2) == RESIDENT_INVALID);
    CHECK("active, lengths", refuses_lengths(RESIDENT_SET_ACTIVE, 4) && NO_LINE());
    reset_bytes = 5000000000ull;
    CHECK("reset", ask(RESIDENT_RESET, NULL, 0) == RESIDENT_OK && reply.bytes == 8);
    memcpy(&returned, reply.data, sizeof returned);
    CHECK("its bytes", returned == reset_bytes && NEW_LINE("reset: 5000000000 bytes returned"));
    CHECK("reset, lengths", refuses_lengths(RESIDENT_RESET, 0) && NO_LINE());
    CHECK("sampler", ask_word(RESIDENT_START_SAMPLER, 99) == RESIDENT_OK && reply_word() == 100);
    CHECK("sampler, lengths", refuses_lengths(RESIDENT_START_SAMPLER, 4));
    CHECK("samples", ask_word(RESIDENT_READ_SAMPLER, 64) == RESIDENT_OK &&
                         reply.bytes == sizeof(struct SamplerPage) &&
                         ((const struct SamplerPage *)(const void *)reply.data)->next == 128);
    CHECK("samples, lengths", refuses_lengths(RESIDENT_READ_SAMPLER, 4));
}

/* What a game has at the addresses that its profile names. */
static uint8_t save_manager[64];
static uint8_t *save_manager_pointer;

static uint32_t loading(void) {
    return ask(RESIDENT_GAME_STATE, NULL, 0) == RESIDENT_OK ? ((uint32_t *)(void *)reply.data)[1]
                                                            : ~0u;
}

static void test_game(void) {
    struct ResidentWork work;
    group_begin("requests about a game");
    memset(&work, 0, sizeof work);
    work.op = MAIN_THREAD_RUN;
    work.ticket = 7;
    strcpy(work.text, "player.additem");
    CHECK("work", ask(RESIDENT_MAIN_THREAD, &work, sizeof work) == RESIDENT_OK &&
                      reply_word() == 7 && main_thread_text_length == 14);
    work.op = MAIN_THREAD_FRAMES + 1;
    CHECK("an operation that is none",
          ask(RESIDENT_MAIN_THREAD, &work, sizeof work) == RESIDENT_INVALID);
    work.op = MAIN_THREAD_PRINT;
    memset(work.text, 'x', sizeof work.text);
    CHECK("an endless text", ask(RESIDENT_MAIN_THREAD, &work, sizeof work) == RESIDENT_INVALID);
    CHECK("work, lengths", refuses_lengths(RESIDENT_MAIN_THREAD, sizeof work));
    CHECK("frames", ask(RESIDENT_GAME_STATE, NULL, 0) == RESIDENT_OK &&
                        reply_word() == 1000 * MAIN_THREAD_FRAMES);
    CHECK("no game that loads", loading() == RESIDENT_NO_SAVE_MANAGER);
    native_resident.loading_flag = 5;
    native_resident.loading_manager = 16;
    CHECK("a pointer that is not mapped", loading() == RESIDENT_NO_SAVE_MANAGER);
    native_resident.loading_manager = ADDRESS(&save_manager_pointer);
    CHECK("no manager yet", loading() == RESIDENT_NO_SAVE_MANAGER);
    save_manager_pointer = save_manager;
    CHECK("not loading", loading() == RESIDENT_NOT_LOADING);
    save_manager[5] = 1;
    CHECK("loading", loading() == RESIDENT_LOADING);
    save_manager_pointer = (uint8_t *)16;
    CHECK("a manager that is not mapped", loading() == RESIDENT_NO_SAVE_MANAGER);
    CHECK("state, lengths", refuses_lengths(RESIDENT_GAME_STATE, 0));
}

static void test_without_game(void) {
    struct ResidentWork work;
    memset(&work, 0, sizeof work);
    group_begin("without a game");
    stop_resident();
    control_block.main_thread = 0;
    control_block.stage = POOL_STAGE_PREPARED;
    start_resident();
    CHECK("no work", ask(RESIDENT_MAIN_THREAD, &work, sizeof work) == RESIDENT_UNAVAILABLE &&
                         reply.bytes == 0);
    CHECK("no state", ask(RESIDENT_GAME_STATE, NULL, 0) == RESIDENT_UNAVAILABLE);
}

static void test_others(void) {
    group_begin("other requests");
    CHECK("log", ask(RESIDENT_LOG, "a host\n", 7) == RESIDENT_OK && reply.bytes == 0 &&
                     NEW_LINE("a host"));
    CHECK("half a line", ask(RESIDENT_LOG, "a host", 6) == RESIDENT_INVALID);
    CHECK("no line", ask(RESIDENT_LOG, NULL, 0) == RESIDENT_INVALID && NO_LINE());
    CHECK("modules", ask_word(RESIDENT_MODULES, 0) == RESIDENT_UNAVAILABLE);
    CHECK("namesakes", ask(RESIDENT_NAMESAKES, NULL, 0) == RESIDENT_UNAVAILABLE);
    CHECK("a request of a newer host", ask(RESIDENT_LAST_REQUEST + 1, NULL, 0) == RESIDENT_UNKNOWN);
    CHECK("of a much newer one", ask(~0u, NULL, 0) == RESIDENT_UNKNOWN && reply.bytes == 0);
    CHECK("none", ask(0, NULL, 0) == RESIDENT_UNKNOWN);
}

static void test_requests(void) {
    start_resident();
    test_counters();
    test_game();
    test_without_game();
    test_others();
}

/* ---- the mailbox ---- */

static struct MailboxBody request_of(uint64_t number) {
    struct MailboxBody body;
    memset(&body, 0, sizeof body);
    body.number = number;
    body.code = RESIDENT_RESET;
    return body;
}

static int is_answered(uint32_t slot, uint64_t number) {
    struct MailboxSlot seen = read_slot(slot);
    return seen.answer == number && seen.body.number == number;
}

static void test_mailbox(void) {
    const struct Mailbox *mailbox = &native_resident.mailbox;
    struct MailboxBody first = request_of(5001), second = request_of(5002);
    uint32_t slot, before;
    int all = 1;
    group_begin("mailbox");
    CHECK("its marks", mailbox->mark == MAILBOX_MARK && mailbox->self == ADDRESS(mailbox));
    before = RESETS();
    post(2, 5002, &first); /* a host has begun to write a body over that of another */
    wake();
    sleep_ms(100);
    CHECK("a body of another number is left alone", RESETS() == before && !is_answered(2, 5002));
    post(2, 5002, &second);
    wake();
    sleep_ms(100);
    CHECK("until it is complete", RESETS() == before + 1 && is_answered(2, 5002));
    wake();
    sleep_ms(100);
    CHECK("once", RESETS() == before + 1);
    post(2, 1ull << 48, &first);
    first = request_of(1ull << 48);
    post(2, first.number, &first);
    wake();
    sleep_ms(100);
    CHECK("no number beyond the largest", RESETS() == before + 1);
    for (slot = 0; slot < MAILBOX_SLOTS; slot++) {
        first = request_of(6000 + slot);
        post(slot, first.number, &first);
    }
    wake();
    for (slot = 0; slot < MAILBOX_SLOTS; slot++) {
        int left = PATIENCE_MS;
        while (left-- > 0 && !is_answered(slot, 6000 + slot))
            sleep_ms(1);
        all &= left > 0;
    }
    CHECK("all slots at once", all && RESETS() == before + 1 + MAILBOX_SLOTS);
    memset(&first, 0xFF, sizeof first);
    for (slot = 0; slot < MAILBOX_SLOTS; slot++)
        post(slot, ~0ull, &first);
    wake();
    CHECK("garbage in all slots", ask(RESIDENT_FACTS, NULL, 0) == RESIDENT_OK);
}

#endif
