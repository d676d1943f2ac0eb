#include "io.h"

#include "calls.h"
#include "findings.h"
#include "scrap_use.h"
#include "sizes.h"

#define IDLE    0
#define WORKING 1
#define DONE    2

#define STACK_BYTES   (256 * 1024)
#define TEXTURE_SHARE 64 /* one of so many tasks has a texture, too */
#define TEXTURE_LEAST (256 * 1024)
#define TEXTURE_MOST  (1024 * 1024)

static HANDLE begin_event, done_event;
static volatile LONG state = IDLE;
static struct IoTask task;
static struct IoResult result;
static uint32_t thread_seed;

static DWORD WINAPI thread_main(void *unused);
static void stream(struct Actor *actor);
static void read(struct Actor *actor);
static void make(struct Actor *actor, uint32_t size);
static void pass_texture(struct Actor *actor);

void io_start(uint32_t seed) {
    thread_seed = seed;
    begin_event = CreateEventA(0, 0, 0, 0);
    done_event = CreateEventA(0, 0, 0, 0);
    CloseHandle(CreateThread(0, STACK_BYTES, thread_main, 0, STACK_SIZE_PARAM_IS_A_RESERVATION, 0));
}

int io_is_idle(void) { return state == IDLE; }

void io_begin(struct IoTask begun) {
    task = begun;
    state = WORKING;
    SetEvent(begin_event);
}

const struct IoResult *io_result(void) { return state == DONE ? &result : 0; }

void io_release(void) { state = IDLE; }

void io_settle(void) {
    while (state == WORKING)
        WaitForSingleObject(done_event, INFINITE);
}

static DWORD WINAPI thread_main(void *unused) {
    struct Actor *actor = actor_enter("the IO thread", thread_seed);
    (void)unused;
    for (;;) {
        WaitForSingleObject(begin_event, INFINITE);
        result.kind = task.kind;
        result.count = 0;
        result.bytes_read = 0;
        if (task.kind == IO_STREAM)
            stream(actor);
        else
            read(actor);
        InterlockedExchange(&state, DONE);
        SetEvent(done_event);
    }
}

static void stream(struct Actor *actor) {
    uint32_t i;
    for (i = 0; i < task.count; i++)
        make(actor, size_of_number(random_below(actor, SIZE_FROM_NUMBERS)));
    scrap_use(actor);
    if (random_below(actor, TEXTURE_SHARE) == 0)
        pass_texture(actor);
}

/* The buffer is that of the File Heap, as for any file of the game. */
static void read(struct Actor *actor) {
    uint8_t *buffer;
    DWORD got = 0;
    uint32_t i, made = 0, wanted;
    game.memory_context_set(MEMORY_CONTEXT_FILE);
    buffer = call_heap_allocate(actor, task.count);
    game.memory_context_set(MEMORY_CONTEXT_DEFAULT);
    if (buffer == 0) {
        note_finding(WRONG, "no buffer for a file was given", 0, task.count);
        return;
    }
    if (!ReadFile(task.file, buffer, task.count, &got, 0))
        got = 0;
    wanted = got * task.factor;
    for (i = 0; made < wanted && result.count < IO_BLOCKS_MOST; i++) {
        uint32_t size = size_of_number(buffer[i % got] + i);
        make(actor, size);
        made += size;
    }
    call_heap_free(actor, buffer);
    result.bytes_read = got;
    scrap_use(actor);
}

static void make(struct Actor *actor, uint32_t size) {
    struct Block block;
    if (result.count == IO_BLOCKS_MOST)
        return;
    block = block_take(actor, FROM_HEAP, size);
    if (block.at != 0)
        result.blocks[result.count++] = block;
}

static void pass_texture(struct Actor *actor) {
    uint32_t size = TEXTURE_LEAST + random_below(actor, TEXTURE_MOST - TEXTURE_LEAST);
    struct Block texture = block_take(actor, FROM_HEAP, size);
    block_give(actor, &texture);
}
