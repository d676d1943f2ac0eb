/* Control blocks as no pool of ours would make them: what a hostile or damaged program may show.
 * Each kind is one thing that is wrong; the rest is as a pool of 64 MB would have it. */
#ifndef TEST_FORGE_H
#define TEST_FORGE_H

#include "portable.h"
#include "../../cmodule/callers_page.h"
#include "../../cmodule/control.h"
#include "../../cmodule/stats.h"

#define FORGED_REGION   (64u << 20)
#define FORGED_MANY     3000
#define FORGED_CODE     4096
#define FORGED_ENTRY    32 /* bytes of code for each function */
#define FORGED_METADATA 65536

/* Memory of its own, between pages without access. */
#ifdef _WIN32
static unsigned char *take_pages(size_t bytes) {
    return VirtualAlloc(0, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}
static void make_code(unsigned char *pages, size_t bytes) {
    DWORD before;
    VirtualProtect(pages, bytes, PAGE_EXECUTE_READ, &before);
}
static void close_page(unsigned char *page) {
    DWORD before;
    VirtualProtect(page, 4096, PAGE_READWRITE | PAGE_GUARD, &before);
}
static void give_pages(unsigned char *pages, size_t bytes) {
    (void)bytes;
    VirtualFree(pages, 0, MEM_RELEASE);
}
#else
#include <sys/mman.h>
static unsigned char *take_pages(size_t bytes) {
    unsigned char *all = mmap(0, bytes + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        abort();
    mprotect(all + 4096, bytes, PROT_READ | PROT_WRITE);
    return all + 4096;
}
static void make_code(unsigned char *pages, size_t bytes) {
    mprotect(pages, bytes, PROT_READ | PROT_EXEC);
}
static void close_page(unsigned char *page) { mprotect(page, 4096, PROT_NONE); }
static void give_pages(unsigned char *pages, size_t bytes) { munmap(pages - 4096, bytes + 8192); }
#endif

/* What the forged functions do. They are called by the agents, in this process. */
static struct PoolSnapshot forged_snapshot;
static volatile int forged_hangs;

static void give_forged_snapshot(struct PoolSnapshot *out) { *out = forged_snapshot; }
static uint32_t forged_set_active(uint32_t active) { return active; }
static uint64_t forged_reset(void) { return 4096; }
static uint64_t forged_reset_huge(void) { return ~(uint64_t)0; }
static uint32_t forged_sample(uint32_t one_in) { return one_in; }
static void give_no_callers(struct CallersPage *out, uint32_t from) {
    (void)from;
    memset(out, 0, sizeof *out);
}
/* A page after each page, with addresses that nothing is at. */
static void give_endless_callers(struct CallersPage *out, uint32_t from) {
    memset(out, 0x7f, sizeof *out);
    out->one_in = 1;
    out->samples = out->unplaced = out->count = CALLERS_PAGE;
    out->next = from + 1;
    for (from = 0; from < CALLERS_PAGE; from++)
        out->rows[from].samples = out->rows[from].bytes = 1;
}
static void give_wild_callers(struct CallersPage *out, uint32_t from) {
    (void)from;
    memset(out, 0xff, sizeof *out);
}
static int32_t forged_arm(void) { return 77; }
static void hang_for_ever(void) {
    while (forged_hangs)
        sleep_ms(20);
}
static volatile int *volatile nowhere = (volatile int *)16;
static void crash_now(void) { *nowhere = 1; }
static void end_the_program(void) { _exit(3); }

static struct PoolControl *forged_block;
static unsigned char *forged_code;
static unsigned char *forged_blocks[FORGED_MANY];
static unsigned forged_count;
static thread_t changer;
static volatile int changing;

/* A jump in memory that belongs to no file: where a pool's functions would be. */
static uint64_t lead(unsigned index, uintptr_t function) {
    unsigned char *at = forged_code + index * FORGED_ENTRY;
    unsigned length = 0;
    if (sizeof(void *) == 8)
        at[length++] = 0x48;
    at[length++] = 0xb8; /* mov eax, function; jmp eax */
    memcpy(at + length, &function, sizeof function);
    length += sizeof function;
    at[length++] = 0xff;
    at[length++] = 0xe0;
    return (uintptr_t)at;
}

static uint64_t forged_metadata_bytes(void) {
    uint64_t caches = 132 * (sizeof(void *) == 8 ? 65536 : 32768);
    uint64_t scrap_heaps = 65536;
    uint64_t table = ((uint64_t)FORGED_REGION / 8192 + 2) * 32;
    uint64_t callers = 0x30000;
    return (131072 + caches + scrap_heaps + table + callers + 65535) / 65536 * 65536;
}

static void fill_plausibly(struct PoolControl *block) {
    memset(block, 0, sizeof *block);
    block->magic = POOL_CONTROL_MAGIC;
    block->bytes = sizeof *block;
    block->version = POOL_CONTROL_VERSION;
    block->self = (uintptr_t)block;
    block->pid = process_id();
    block->stage = POOL_STAGE_ARMED;
    block->region_base = 0x40000000;
    block->region_bytes = block->requested_bytes = FORGED_REGION;
    block->active = block->layers = 1;
    block->metadata_bytes = forged_metadata_bytes();
    block->snapshot = lead(0, (uintptr_t)give_forged_snapshot);
    block->set_active = lead(1, (uintptr_t)forged_set_active);
    block->reset = lead(2, (uintptr_t)forged_reset);
    block->arm = lead(3, (uintptr_t)forged_arm);
    block->sample_callers = lead(4, (uintptr_t)forged_sample);
    block->callers = lead(5, (uintptr_t)give_no_callers);
    memset(&forged_snapshot, 0, sizeof forged_snapshot);
    forged_snapshot.bytes = sizeof forged_snapshot;
    forged_snapshot.version = POOL_SNAPSHOT_VERSION;
    forged_snapshot.active = 1;
    forged_snapshot.pool_size = FORGED_REGION;
    forged_snapshot.class_count = 4;
}

THREAD_BODY(change, unused) {
    struct PoolControl *block = forged_block;
    uint64_t functions[2], size = block->region_bytes;
    unsigned turn = 0;
    (void)unused;
    functions[0] = block->snapshot;
    functions[1] = 0x10;
    while (changing) {
        turn++;
        *(volatile uint64_t *)&block->snapshot = functions[turn & 1];
        *(volatile uint64_t *)&block->region_bytes = turn & 2 ? size : ~(uint64_t)0;
        memset(block->log_file, turn & 4 ? 0 : 'x', sizeof block->log_file);
    }
    THREAD_END;
}

static void forge_many(void) {
    for (forged_count = 0; forged_count < FORGED_MANY; forged_count++) {
        struct PoolControl *block = (void *)take_pages(4096);
        forged_blocks[forged_count] = (unsigned char *)block;
        fill_plausibly(block);
        block->snapshot = 0x10;
    }
}

/* Mailboxes, as the hosts find them on Linux: `agent/protocol.ts`. */
#define MAILBOX_SLOTS      4
#define MAILBOX_SLOT_BYTES 0x8000
#define MAILBOX_BYTES      (MAILBOX_SLOTS * MAILBOX_SLOT_BYTES)

static uint64_t forged_mailbox[(MAILBOX_BYTES + 16) / 8];

static void mark_mailbox(void) {
    uint64_t address = (uintptr_t)forged_mailbox;
    memcpy((char *)forged_mailbox + MAILBOX_BYTES, "POOLNVMB", 8);
    memcpy((char *)forged_mailbox + MAILBOX_BYTES + 8, &address, 8);
}

/* Answers every request at once with what is no answer; "churn" also takes the request away. */
static volatile int mailbox_churns;
THREAD_BODY(answer_nonsense, unused) {
    uint64_t turn = 1;
    (void)unused;
    while (changing) {
        unsigned i;
        for (i = 0; i < MAILBOX_SLOTS; i++) {
            volatile uint64_t *slot = forged_mailbox + i * (MAILBOX_SLOT_BYTES / 8);
            if (mailbox_churns)
                slot[0] = turn++;
            else {
                slot[2] = 0xffffffffffffffffull;
                slot[1] = slot[0];
            }
        }
    }
    THREAD_END;
}

/* As programs do that were built with a sanitizer: readable and writable, and never touched. */
static int take_vast_space(void) {
#if defined(_WIN32) || UINTPTR_MAX == 0xffffffff
    return 0;
#else
    return mmap(0, (size_t)1 << 40, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED;
#endif
}

/* Bytes of a block's data, "precious" until somebody writes there. */
static int is_precious(void) {
    size_t i;
    for (i = 0; i < MAILBOX_BYTES / 8; i++)
        if (forged_mailbox[i] != 0x1122334455667788ull)
            return 0;
    return 1;
}

/* Every kind that has one wrong field. */
static void falsify(struct PoolControl *block, const char *kind) {
    uint64_t far_off = ~(uint64_t)0;
    static unsigned char data[64];
    if (strcmp(kind, "version") == 0)
        block->version = 99;
    else if (strcmp(kind, "length") == 0)
        block->bytes = 0xffffffff;
    else if (strcmp(kind, "self") == 0)
        block->self = 0x1000;
    else if (strcmp(kind, "pid") == 0)
        block->pid++;
    else if (strcmp(kind, "stage") == 0)
        block->stage = 0x80000001;
    else if (strcmp(kind, "unfinished") == 0)
        block->stage = POOL_STAGE_EMPTY;
    else if (strcmp(kind, "unarmed") == 0)
        block->stage = POOL_STAGE_PREPARED;
    else if (strcmp(kind, "strategy") == 0)
        block->strategy = 7;
    else if (strcmp(kind, "active") == 0)
        block->active = 0xffffffff;
    else if (strcmp(kind, "size") == 0)
        block->region_bytes = far_off;
    else if (strcmp(kind, "asked") == 0)
        block->requested_bytes = far_off;
    else if (strcmp(kind, "tables") == 0)
        block->metadata_bytes = 1;
    else if (strcmp(kind, "region") == 0)
        block->region_base = far_off - 7;
    else if (strcmp(kind, "null") == 0)
        block->snapshot = block->set_active = block->reset = block->arm = 0;
    else if (strcmp(kind, "unmapped") == 0)
        block->snapshot = block->set_active = block->reset = 0x50000;
    else if (strcmp(kind, "beyond") == 0)
        block->snapshot = block->set_active = block->reset = 0xfffffffffffff000;
    else if (strcmp(kind, "data") == 0)
        block->reset = (uintptr_t)data;
    else if (strcmp(kind, "image") == 0)
        block->snapshot = (uintptr_t)give_forged_snapshot;
    else if (strcmp(kind, "own-block") == 0)
        block->set_active = (uintptr_t)block;
    else if (strcmp(kind, "endless-log") == 0)
        memset(block->log_file, 'x', sizeof block->log_file + sizeof block->program);
    else if (strcmp(kind, "no-text-log") == 0)
        memcpy(block->log_file, "/tmp/\xff\xfe\xc0\xaf", 9);
    else if (strcmp(kind, "escaping-log") == 0)
        memcpy(block->log_file,
               "/nowhere/\x1b]0;pwned\x07\x1b[2J\n\xc2\x9b"
               "31mx\xe2\x80\xae",
               30);
    else if (strcmp(kind, "hang") == 0)
        block->snapshot = lead(0, (uintptr_t)hang_for_ever);
    else if (strcmp(kind, "crash") == 0)
        block->snapshot = lead(0, (uintptr_t)crash_now);
    else if (strcmp(kind, "end") == 0)
        block->snapshot = lead(0, (uintptr_t)end_the_program);
    else if (strcmp(kind, "endless-callers") == 0)
        block->callers = lead(5, (uintptr_t)give_endless_callers);
    else if (strcmp(kind, "wild-callers") == 0)
        block->callers = lead(5, (uintptr_t)give_wild_callers);
    else if (strcmp(kind, "reset-huge") == 0)
        block->reset = lead(2, (uintptr_t)forged_reset_huge);
    else if (strcmp(kind, "negative") == 0)
        memset(&forged_snapshot.pool_size, 0xff, 12 * 8);
    else if (strcmp(kind, "huge") == 0)
        forged_snapshot.current_used = forged_snapshot.pool_allocs = (uint64_t)1 << 60;
    else if (strcmp(kind, "classes") == 0)
        forged_snapshot.class_count = 0xffffffff;
    else if (strcmp(kind, "class-values") == 0)
        memset(forged_snapshot.classes, 0xff, sizeof forged_snapshot.classes);
    else if (strcmp(kind, "flag") == 0)
        forged_snapshot.active = 7;
    else if (strcmp(kind, "other-statistics") == 0)
        forged_snapshot.version = 9;
    else if (strcmp(kind, "empty-statistics") == 0)
        memset(&forged_snapshot, 0, sizeof forged_snapshot);
}

/* Takes away what was forged before. */
static void unforge(void) {
    unsigned i;
    if (changing) {
        changing = 0;
        join_thread(changer);
    }
    forged_hangs = 0;
    memset((char *)forged_mailbox + MAILBOX_BYTES, 0, 16);
    for (i = 0; i < forged_count; i++)
        give_pages(forged_blocks[i], 4096);
    forged_count = 0;
    if (forged_block != 0)
        give_pages((unsigned char *)forged_block, FORGED_METADATA);
    forged_block = 0;
}

/* KIND, or "mutate SEED": some bytes of the block are others than they should be. The functions'
 * code is never given back, because an agent may be in it. */
static void forge(const char *kind, uint64_t seed) {
    unsigned i, changes;
    unforge();
    forged_hangs = 1;
    forged_code = take_pages(FORGED_CODE);
    forged_block = (void *)take_pages(FORGED_METADATA);
    fill_plausibly(forged_block);
    if (strncmp(kind, "mutate", 6) == 0) {
        uint64_t random = seed * 0x9e3779b97f4a7c15ull + 1;
        changes = (unsigned)(next_random(&random) % 8) + 1;
        for (i = 0; i < changes; i++) {
            /* Most of the block is text; half of the changes are for what is in front of it. */
            uint64_t range = next_random(&random) % 2 ? offsetof(struct PoolControl, log_file)
                                                      : sizeof *forged_block;
            ((unsigned char *)forged_block)[next_random(&random) % range] =
                (unsigned char)next_random(&random);
        }
    } else
        falsify(forged_block, kind);
    if (strcmp(kind, "guard") == 0) {
        unsigned char *page = take_pages(4096);
        close_page(page);
        forged_block->snapshot = forged_block->set_active = forged_block->reset = (uintptr_t)page;
    }
    make_code(forged_code, FORGED_CODE);
    if (strcmp(kind, "many") == 0) {
        give_pages((unsigned char *)forged_block, FORGED_METADATA);
        forged_block = 0;
        forged_code = take_pages(FORGED_CODE);
        forge_many();
        make_code(forged_code, FORGED_CODE);
    }
    if (strncmp(kind, "mailbox-", 8) == 0) {
        for (i = 0; i < MAILBOX_BYTES / 8; i++)
            forged_mailbox[i] = 0x1122334455667788ull;
        forged_block->mailbox = (uintptr_t)forged_mailbox;
        if (strcmp(kind, "mailbox-data") != 0) {
            mark_mailbox();
            mailbox_churns = strcmp(kind, "mailbox-churn") == 0;
            changing = strcmp(kind, "mailbox-silent") != 0;
            if (changing)
                start_thread(&changer, answer_nonsense, 0);
        }
    }
    if (strcmp(kind, "changing") == 0) {
        changing = 1;
        start_thread(&changer, change, 0);
    }
}

#endif
