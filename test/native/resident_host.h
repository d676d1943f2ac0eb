/* SPDX-License-Identifier: MIT */
/* For resident.c: a pool whose functions note that they are called, and a host that reaches the
 * mailbox as a true one does, through the kernel. */
#ifndef POOLNV_TEST_RESIDENT_HOST_H
#define POOLNV_TEST_RESIDENT_HOST_H

#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "hooks/main_thread_ops.h"
#include "resident/state.h"
#include "resident/text.h"
#include "sampler_page.h"

struct Resident native_resident __attribute__((aligned(4096)));
int *native_thread_count;
static struct PoolControl control_block __attribute__((aligned(4096)));

/* The tests raise signals and fork on purpose. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "handle_segv=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:handle_sigbus=0";
}
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) {
    return "handle_segv=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:handle_sigbus=0:"
           "die_after_fork=0";
}

/* ---- the pool ---- */

static struct PoolSnapshot counters; /* what the pool reports; no thread runs while it is changed */
static uint64_t reset_bytes;
static uint32_t resets, sampler_ticks, sampler_stops, main_thread_text_length;
static int32_t hook_status;

#define RESETS() __atomic_load_n(&resets, __ATOMIC_SEQ_CST)

static void sim_snapshot(struct PoolSnapshot *out) { *out = counters; }
static uint32_t sim_set_active(uint32_t active) { return active; }
static uint64_t sim_reset(void) {
    __atomic_fetch_add(&resets, 1, __ATOMIC_SEQ_CST);
    return reset_bytes;
}
static int32_t sim_write_hooks(void) {
    control_block.suspended_threads = 3;
    control_block.stalled_ns = 1234567;
    control_block.patch_retries = 1;
    if (hook_status == 0)
        __atomic_store_n(&control_block.stage, POOL_STAGE_HOOKED, __ATOMIC_SEQ_CST);
    return hook_status;
}
static uint32_t sim_main_thread(uint32_t op, uint32_t ticket, const char *text) {
    main_thread_text_length = text == NULL ? 0 : (uint32_t)strlen(text);
    return op * 1000 + ticket;
}
static uint32_t sim_sampler_start(uint32_t sample_interval) { return sample_interval + 1; }
static void sim_sampler_read(void *page, uint32_t from) {
    memset(page, 0, sizeof(struct SamplerPage));
    ((struct SamplerPage *)page)->next = from + 64;
}
static uint32_t sim_sampler_tick(void) {
    sampler_ticks++;
    return sampler_stops;
}

#define ADDRESS(name) ((uint64_t)(uintptr_t)(name))

static void describe_pool(void) {
    memset(&native_resident, 0, sizeof native_resident);
    memset(&control_block, 0, sizeof control_block);
    memset(&counters, 0, sizeof counters);
    resets = 0;
    hook_status = 0;
    control_block.stage = POOL_STAGE_PREPARED;
    control_block.region_bytes = 64 << 20;
    control_block.snapshot = ADDRESS(sim_snapshot);
    control_block.set_active = ADDRESS(sim_set_active);
    control_block.reset = ADDRESS(sim_reset);
    control_block.write_hooks = ADDRESS(sim_write_hooks);
    control_block.main_thread = ADDRESS(sim_main_thread);
    control_block.sampler_start = ADDRESS(sim_sampler_start);
    control_block.sampler_read = ADDRESS(sim_sampler_read);
    native_resident.sampler_tick = ADDRESS(sim_sampler_tick);
    native_resident.control = ADDRESS(&control_block);
    counters.class_count = 2;
    counters.pool_size = control_block.region_bytes;
}

/* ---- time ---- */

static void sleep_ms(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

#define PATIENCE_MS 20000

/* Waits until a word has a value; returns whether it got it. */
static int await_word(const uint32_t *word, uint32_t value) {
    int left;
    for (left = PATIENCE_MS; left > 0; left--) {
        if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
            return 1;
        sleep_ms(1);
    }
    return 0;
}

static int give_order(uint32_t order) {
    __atomic_store_n(&native_resident.order, order, __ATOMIC_SEQ_CST);
    return await_word(&native_resident.ordered, order);
}

static int start_resident(void) {
    return resident_start() == 0 && await_word(&control_block.resident_pid, (uint32_t)getpid());
}

static int stop_resident(void) {
    int stopped;
    __atomic_store_n(&control_block.stage, POOL_STAGE_EMPTY, __ATOMIC_SEQ_CST);
    stopped = give_order(RESIDENT_ORDER_STOP);
    resident_join();
    return stopped;
}

/* ---- the host ---- */

static int transfer(int is_write, uint64_t address, void *bytes, size_t count) {
    int memory = open("/proc/self/mem", is_write ? O_WRONLY : O_RDONLY);
    ssize_t moved = is_write ? pwrite(memory, bytes, count, (off_t)address)
                             : pread(memory, bytes, count, (off_t)address);
    close(memory);
    return moved == (ssize_t)count;
}

/* Returns whether it could be opened and written to. */
static int wake(void) {
    char path[96];
    int file, written;
    if (control_block.wake_descriptor == 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/task/%u/fd/%u", control_block.wake_thread,
             control_block.wake_descriptor);
    file = open(path, O_WRONLY | O_CLOEXEC);
    written = file >= 0 && write(file, "", 1) == 1;
    close(file);
    return written;
}

/* The sanitizer does not see what the kernel writes: for it the host's side of an exchange. */
static void exchange_with_resident(uint32_t slot) {
    uint32_t *numbers = (uint32_t *)(void *)&native_resident.mailbox.slots[slot];
    __atomic_fetch_or(&numbers[0], 0, __ATOMIC_SEQ_CST);
    __atomic_fetch_or(&numbers[2], 0, __ATOMIC_SEQ_CST);
}

static uint64_t slot_address(uint32_t slot) {
    return ADDRESS(&native_resident.mailbox.slots[slot]);
}

static void post(uint32_t slot, uint64_t number, const struct MailboxBody *body) {
    struct MailboxBody copy = *body;
    exchange_with_resident(slot);
    transfer(1, slot_address(slot) + offsetof(struct MailboxSlot, body), &copy, sizeof copy);
    transfer(1, slot_address(slot), &number, sizeof number);
}

static struct MailboxSlot read_slot(uint32_t slot) {
    static struct MailboxSlot copy;
    transfer(0, slot_address(slot), &copy, sizeof copy);
    return copy;
}

static uint64_t last_number = 41;
static struct MailboxBody reply; /* of the last ask() */

/* Asks, and wakes the resident, as a host does. Returns the status, or ~0 without an answer. */
static uint32_t ask(uint32_t code, const void *data, uint32_t bytes) {
    struct MailboxBody body;
    uint32_t slot;
    int left;
    memset(&body, 0x5A, sizeof body);
    body.number = last_number += 0x10000001;
    body.code = code;
    body.bytes = bytes;
    if (data != NULL && bytes <= MAILBOX_DATA_BYTES)
        memcpy(body.data, data, bytes);
    slot = (uint32_t)(body.number % MAILBOX_SLOTS);
    post(slot, body.number, &body);
    wake();
    for (left = PATIENCE_MS; left > 0; left--) {
        struct MailboxSlot seen = read_slot(slot);
        if (seen.answer == body.number) {
            exchange_with_resident(slot);
            reply = seen.body;
            return reply.number == body.number ? reply.code : ~0u;
        }
        sleep_ms(1);
    }
    return ~0u;
}

static uint32_t ask_word(uint32_t code, uint32_t word) { return ask(code, &word, sizeof word); }

static uint32_t reply_word(void) {
    uint32_t word;
    memcpy(&word, reply.data, sizeof word);
    return word;
}

/* ---- files ---- */

static char folder[64];

static const char *in_folder(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int remove_entry(const char *path, const struct stat *found, int kind, struct FTW *place) {
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

static const char *contents(const char *path) {
    static char text[65536];
    ssize_t length = -1;
    int file = open(path, O_RDONLY | O_NONBLOCK);
    if (file >= 0) {
        length = read(file, text, sizeof text - 1);
        close(file);
    }
    text[length < 0 ? 0 : length] = 0;
    return text;
}

static void use_log(const char *path) {
    snprintf(native_resident.log_file, sizeof native_resident.log_file, "%s", path);
}

/* The text of the log's last line, behind its time stamp. */
static const char *last_line(void) {
    static char line[20000];
    const char *text = contents(native_resident.log_file), *start = text, *next;
    while ((next = strchr(start, '\n')) != NULL && next[1] != 0)
        start = next + 1;
    snprintf(line, sizeof line, "%s", strlen(start) > 25 ? start + 25 : "");
    line[strcspn(line, "\n")] = 0;
    return line;
}

#endif
