#include "loading.h"

#include "block_list.h"
#include "clock.h"
#include "doomed.h"
#include "fate.h"
#include "frame.h"
#include "settings.h"
#include "text.h"
#include "variables.h"

#define BLOCKS_MOST    (4u << 20)
#define DOOMED_IN_STEP 50000
#define PARTS_LEAST    5           /* frames that read, also for a small file */
#define PART_MOST      (64 * 1024) /* bytes of the file in a frame */

static enum { RESTING, DESTROYING, READING } phase;
static struct BlockList blocks;
static HANDLE file;
static uint32_t bytes_left, part_bytes, first_frame;
static uint64_t began_us;
static struct Loaded last, current;

static void destroy_some(struct Actor *actor);
static void finish(void);

void loading_begin(const char *name, HANDLE opened, uint32_t bytes) {
    uint32_t length = (uint32_t)strlen(name);
    SAVE_MANAGER->loading = 1;
    LOADING_OR_MENU = 1;
    phase = DESTROYING;
    file = opened;
    bytes_left = bytes;
    part_bytes = (bytes + PARTS_LEAST - 1) / PARTS_LEAST;
    if (part_bytes > PART_MOST)
        part_bytes = PART_MOST;
    began_us = clock_us();
    first_frame = frames_done();
    memset(&current, 0, sizeof current);
    memcpy(current.name, name, length < SAVE_NAME_MOST ? length : SAVE_NAME_MOST - 1);
    block_list_reserve(&blocks, BLOCKS_MOST);
}

void loading_step(struct Actor *actor) {
    if (phase == DESTROYING)
        destroy_some(actor);
    else if (phase == READING && bytes_left == 0 && io_is_idle())
        finish();
}

int loading_begin_task(void) {
    if (phase != READING || bytes_left == 0)
        return 0;
    io_begin((struct IoTask){.kind = IO_READ,
                             .count = bytes_left < part_bytes ? bytes_left : part_bytes,
                             .factor = settings.load_factor,
                             .file = file});
    return 1;
}

void loading_adopt(struct Actor *actor, const struct IoResult *result) {
    uint32_t i;
    /* A file that became shorter meanwhile ends the loading, too. */
    bytes_left = result->bytes_read == 0 ? 0 : bytes_left - result->bytes_read;
    for (i = 0; i < result->count; i++) {
        current.bytes += result->blocks[i].size;
        current.blocks++;
        if (!block_list_add(&blocks, result->blocks[i]))
            doomed_add(actor, result->blocks[i]);
    }
}

int loading_is_going_on(void) { return phase != RESTING; }

const struct Loaded *loading_last(void) { return &last; }

void loading_check_blocks(void) { block_list_check(&blocks); }

static void destroy_some(struct Actor *actor) {
    uint32_t most;
    for (most = DOOMED_IN_STEP; most != 0 && blocks.count != 0; most--)
        doomed_add(actor, blocks.blocks[--blocks.count]);
    if (blocks.count == 0)
        phase = READING;
}

static void finish(void) {
    uint32_t rest;
    CloseHandle(file);
    current.loads = last.loads + 1;
    current.frames = frames_done() - first_frame;
    current.milliseconds = (uint32_t)divide(clock_us() - began_us, 1000, &rest);
    last = current;
    phase = RESTING;
    LOADING_OR_MENU = 0;
    SAVE_MANAGER->loading = 0;
    fate_is_loaded(last.name);
}
