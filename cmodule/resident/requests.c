/* SPDX-License-Identifier: MIT */
/* What each request does. Handlers replace the data of the request, of which they know only that
 * it has at most MAILBOX_DATA_BYTES, by those of the answer. */
#include "../hooks/main_thread_ops.h"
#include "../sampler_page.h"
#include "memory.h"
#include "state.h"
#include "text.h"

#define IS_WORD(body) ((body)->bytes == 4)
#define WORD_OF(body) (*(uint32_t *)(void *)(body)->data)

/* Returns RESIDENT_OK. */
static uint32_t give_word(struct MailboxBody *body, uint32_t word) {
    WORD_OF(body) = word;
    body->bytes = 4;
    return RESIDENT_OK;
}

static uint32_t answer_FACTS(struct MailboxBody *body) {
    if (body->bytes != 0)
        return RESIDENT_INVALID;
    memcpy(body->data, resident_control(), sizeof(struct PoolControl));
    body->bytes = sizeof(struct PoolControl);
    return RESIDENT_OK;
}

static uint32_t answer_SNAPSHOT(struct MailboxBody *body) {
    struct ResidentSnapshot *out = (struct ResidentSnapshot *)(void *)body->data;
    uint32_t rows;
    if (body->bytes != 0)
        return RESIDENT_INVALID;
    monitors_measure_space(out);
    resident_own()->pool.snapshot(&out->pool);
    rows = out->pool.class_count < POOL_CLASS_LIMIT ? out->pool.class_count : POOL_CLASS_LIMIT;
    body->bytes =
        (uint32_t)(offsetof(struct ResidentSnapshot, pool) +
                   offsetof(struct PoolSnapshot, classes) + rows * sizeof(struct PoolHistogramRow));
    return RESIDENT_OK;
}

static uint32_t answer_SET_ACTIVE(struct MailboxBody *body) {
    uint32_t active;
    if (!IS_WORD(body) || WORD_OF(body) > 1)
        return RESIDENT_INVALID;
    active = resident_own()->pool.set_active(WORD_OF(body));
    text_log(active ? "active: new allocations go to the pool\n"
                    : "inactive: new allocations go to the original\n");
    return give_word(body, active);
}

static uint32_t answer_RESET(struct MailboxBody *body) {
    char line[64];
    struct Text text;
    uint64_t returned;
    if (body->bytes != 0)
        return RESIDENT_INVALID;
    returned = resident_own()->pool.reset();
    text_begin(&text, line, sizeof line);
    text_add(&text, "reset: ");
    text_add_number(&text, returned);
    text_add(&text, " bytes returned\n");
    resident_log(line, text_length(&text));
    memcpy(body->data, &returned, sizeof returned);
    body->bytes = sizeof returned;
    return RESIDENT_OK;
}

static uint32_t answer_START_SAMPLER(struct MailboxBody *body) {
    if (!IS_WORD(body))
        return RESIDENT_INVALID;
    return give_word(body, resident_own()->pool.sampler_start(WORD_OF(body)));
}

static uint32_t answer_READ_SAMPLER(struct MailboxBody *body) {
    if (!IS_WORD(body))
        return RESIDENT_INVALID;
    resident_own()->pool.sampler_read(body->data, WORD_OF(body));
    body->bytes = sizeof(struct SamplerPage);
    return RESIDENT_OK;
}

static uint32_t answer_MAIN_THREAD(struct MailboxBody *body) {
    struct ResidentWork *work = (struct ResidentWork *)(void *)body->data;
    if (body->bytes != sizeof *work || work->op > MAIN_THREAD_FRAMES ||
        work->text[RESIDENT_TEXT_BYTES - 1] != 0)
        return RESIDENT_INVALID;
    if (resident_own()->pool.main_thread == NULL)
        return RESIDENT_UNAVAILABLE;
#ifdef POOLNV_WINDOWS
    if (!system_encode(work->text))
        return RESIDENT_INVALID;
#endif
    return give_word(body, resident_own()->pool.main_thread(work->op, work->ticket, work->text));
}

/* The loading flag of the game's save manager, which the game may not have created yet. */
static uint32_t loading_state(void) {
    const struct Resident *state = resident_state();
    uintptr_t manager = 0;
    uint8_t flag;
    if (state->loading_manager == 0 ||
        !system_read(&manager, state->loading_manager, sizeof manager) || manager == 0 ||
        !system_read(&flag, (uint64_t)(manager + state->loading_flag), 1))
        return RESIDENT_NO_SAVE_MANAGER;
    return flag != 0 ? RESIDENT_LOADING : RESIDENT_NOT_LOADING;
}

static uint32_t answer_GAME_STATE(struct MailboxBody *body) {
    struct ResidentGameState *out = (struct ResidentGameState *)(void *)body->data;
    if (body->bytes != 0)
        return RESIDENT_INVALID;
    if (resident_own()->pool.main_thread == NULL)
        return RESIDENT_UNAVAILABLE;
    out->frames = resident_own()->pool.main_thread(MAIN_THREAD_FRAMES, 0, NULL);
    out->loading = loading_state();
    body->bytes = sizeof *out;
    return RESIDENT_OK;
}

static uint32_t answer_LOG(struct MailboxBody *body) {
    if (body->bytes == 0 || body->data[body->bytes - 1] != '\n')
        return RESIDENT_INVALID;
    resident_log((const char *)body->data, body->bytes);
    body->bytes = 0;
    return RESIDENT_OK;
}

/* All records fit into one answer: the index from which they are wanted makes no difference. The
 * handlers are never removed, but until the hooks are written their code may be given back. */
static uint32_t answer_EXCEPTIONS(struct MailboxBody *body) {
    if (!IS_WORD(body))
        return RESIDENT_INVALID;
    if (RESIDENT_LOAD(resident_control()->stage) != POOL_STAGE_HOOKED)
        return RESIDENT_UNAVAILABLE;
    resident_read_exceptions((struct ResidentExceptions *)(void *)body->data);
    body->bytes = sizeof(struct ResidentExceptions);
    return RESIDENT_OK;
}

static uint32_t answer_MODULES(struct MailboxBody *body) {
    return IS_WORD(body) ? system_modules(WORD_OF(body), body->data, &body->bytes)
                         : (uint32_t)RESIDENT_INVALID;
}

static uint32_t answer_NAMESAKES(struct MailboxBody *body) {
    return body->bytes == 0 ? system_namesakes(body->data, &body->bytes)
                            : (uint32_t)RESIDENT_INVALID;
}

uint32_t resident_answer(struct MailboxBody *body) {
    switch (body->code) {
#define ANSWER(name, number)                                                                       \
    case number:                                                                                   \
        return answer_##name(body);
        RESIDENT_REQUESTS(ANSWER)
    default:
        return RESIDENT_UNKNOWN;
    }
}
