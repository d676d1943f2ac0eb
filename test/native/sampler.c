/* SPDX-License-Identifier: MIT */
/* The sampler: samples of calls from known call sites. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread sampler.c -o sampler
 *   ./sampler
 *   the same with -DNATIVE_FAST
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#define SITES 3

/* ---- call sites ---- */

/* Not inlined into its callers. */
static void *(*volatile allocate)(size_t) = replace_malloc;

#define SITE(name, bytes)                                                                          \
    static __attribute__((noinline)) void name(void) {                                             \
        void *volatile user = allocate(bytes);                                                     \
        replace_free(user);                                                                        \
    }
SITE(often, 24)
SITE(sometimes, 100)
SITE(seldom, 5000)

static void (*const sites[SITES])(void) = {often, sometimes, seldom};
static const uint32_t site_bytes[SITES] = {24, 100, 5000};

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

/* ---- what was sampled ---- */

static struct SamplerRow rows[SAMPLER_ROWS];

/* Reads all rows, page by page; returns their number, and the last page in *page. */
static uint32_t read_all(struct SamplerPage *page) {
    uint32_t count = 0, from = 0;

    do {
        pool_sampler_read(page, from);
        memcpy(rows + count, page->rows, page->count * sizeof *rows);
        count += page->count;
        from = page->next;
    } while (from != 0);
    return count;
}

static uint64_t samples_now(void) {
    struct SamplerPage page;
    pool_sampler_read(&page, 0);
    return page.samples;
}

/* Samples of the rows with calls of that size. */
static uint64_t samples_of(uint32_t count, uint32_t bytes) {
    uint64_t sum = 0;
    uint32_t index;

    for (index = 0; index < count; index++)
        if (rows[index].bytes == rows[index].samples * bytes)
            sum += rows[index].samples;
    return sum;
}

/* Within six standard deviations: once in a thousand million runs it is not. */
static int is_near(uint64_t seen, double expected) {
    double apart = (double)seen - expected;
    return apart * apart <= 36 * expected;
}

/* ---- shares ---- */

static void test_shares(void) {
    enum { CALLS = 1200000, INTERVAL = 100 };
    uint64_t state = 7, calls[SITES] = {0};
    uint32_t step, index, count;
    struct SamplerPage page;

    group_begin("shares");
    native_open(64 * MB, POOL_RECYCLE);
    CHECK("begun", pool_sampler_start(INTERVAL) == INTERVAL);
    for (step = 0; step < CALLS; step++) {
        uint32_t dice = random_next(&state) % 12;
        index = dice < 8 ? 0 : dice < 11 ? 1 : 2;
        calls[index]++;
        sites[index]();
    }
    count = read_all(&page);
    CHECK("a row for each call site", count == SITES);
    for (index = 0; index < SITES; index++)
        CHECK("in proportion to its calls",
              is_near(samples_of(count, site_bytes[index]), (double)calls[index] / INTERVAL));
    CHECK("all", is_near(page.samples, (double)CALLS / INTERVAL) && page.dropped == 0);
    CHECK("walk", pool_check(1) == 0);
}

/* Two call sites in alternation: with an even, constant distance only one would be sampled. */
static void test_rhythm(void) {
    enum { CALLS = 400000, INTERVAL = 10 };
    struct SamplerPage page;
    uint32_t step, count;

    group_begin("a fixed rhythm");
    native_open(64 * MB, POOL_RECYCLE);
    pool_sampler_start(INTERVAL);
    for (step = 0; step < CALLS; step++)
        sites[step % 2]();
    count = read_all(&page);
    CHECK("one", is_near(samples_of(count, site_bytes[0]), CALLS / 2. / INTERVAL));
    CHECK("the other", is_near(samples_of(count, site_bytes[1]), CALLS / 2. / INTERVAL));
}

/* ---- each call ---- */

/* Whether exactly so many samples more are there now. */
static int sampled(uint64_t *before, uint64_t more) {
    uint64_t now = samples_now(), then = *before;

    *before = now;
    return now - then == more;
}

static void test_entries(void) {
    uint64_t before = 0;
    void *user, *other;

    group_begin("which calls are sampled");
    native_open(64 * MB, POOL_RECYCLE);
    CHECK("begun", pool_sampler_start(1) == 1);
    user = replace_malloc(100);
    CHECK("malloc", sampled(&before, 1));
    user = replace_realloc(user, 99);
    CHECK("not what is resized in place", sampled(&before, 0));
    user = replace_realloc(user, 3000);
    CHECK("realloc", sampled(&before, 1));
    replace_free(user);
    CHECK("not free", sampled(&before, 0));
    user = replace_realloc(NULL, 50);
    CHECK("realloc of NULL, once", sampled(&before, 1));
    other = replace_calloc(3, 50);
    CHECK("calloc, once", sampled(&before, 1) && filled(other, 0, 150));
    replace_free(other);
    other = replace_calloc(300, 500);
    CHECK("calloc of a large block", sampled(&before, 1) && filled(other, 0, 150000));
    replace_free(other);
    other = replace_malloc(1 << 20);
    CHECK("a large block", sampled(&before, 1));
    other = replace_realloc(other, 1 << 22);
    CHECK("that grows, or moves", samples_now() - before <= 1);
    before = samples_now();
    replace_free(other);
    other = replace_memalign(64, 64);
    CHECK("aligned", sampled(&before, 1));
    replace_free(other);
    other = replace__aligned_malloc(64, 64);
    CHECK("aligned, of Windows", sampled(&before, 1));
    replace__aligned_free(other);
    other = replace_reallocarray(NULL, 3, 3);
    CHECK("reallocarray", sampled(&before, 1));
    replace_free(other);
    other = replace__recalloc(user, 1000, 4);
    CHECK("recalloc", sampled(&before, 1) && filled((char *)other + 50, 0, 3950));
    replace_free(other);
    pool_set_active(0);
    replace_free(replace_malloc(10));
    replace_free(replace_calloc(10, 10));
    CHECK("nothing while the pool is off", sampled(&before, 0));
    pool_set_active(1);
    replace_free(replace_malloc(10));
    CHECK("again when it is on", sampled(&before, 1));
    CHECK("no block is left", stats().current_used == 0);
}

static void test_bump(void) {
    uint64_t before = 0;

    group_begin("the bump strategy");
    native_open(64 * MB, POOL_BUMP);
    pool_sampler_start(1);
    replace_malloc(10);
    replace_calloc(1, 10);
    CHECK("sampled as well", sampled(&before, 2));
}

static void test_switch(void) {
    struct SamplerPage page;
    uint64_t before = 0;

    group_begin("on and off");
    native_open(64 * MB, POOL_RECYCLE);
    often();
    CHECK("off at first", samples_now() == 0 && POOL_STATE->fast_limit == POOL_SMALL_MAX + 1);
    CHECK("never more than the largest", pool_sampler_start(0xFFFFFFFFu) == SAMPLE_INTERVAL_MAX);
    CHECK("no request takes the fast path", POOL_STATE->fast_limit == 0);
    CHECK("a second start changes nothing", pool_sampler_start(1) == SAMPLE_INTERVAL_MAX);
    CHECK("off", pool_sampler_start(0) == 0 && POOL_STATE->fast_limit == POOL_SMALL_MAX + 1 &&
                     POOL_STATE->sampled_limit == 0);
    CHECK("on again, with another distance", pool_sampler_start(1) == 1);
    often();
    CHECK("no way is left of last time", sampled(&before, 1));
    CHECK("off while it is sampled",
          pool_set_active(0) == 0 && POOL_STATE->fast_limit == 0 && POOL_STATE->sampled_limit == 0);
    pool_set_active(1);
    pool_sampler_start(0);
    often();
    pool_sampler_read(&page, 0);
    CHECK("the samples can still be read", page.sample_interval == 0 && page.samples == 1);
    pool_sampler_start(5);
    CHECK("until it begins again", samples_now() == 0);
    CHECK("two ticks", pool_sampler_tick() == 0 && pool_sampler_tick() == 0);
    samples_now();
    CHECK("a reader keeps it on", pool_sampler_tick() == 0 && pool_sampler_tick() == 0);
    CHECK("stops without a reader", pool_sampler_tick() == 1 && POOL_STATE->sample_interval == 0);
    CHECK("once", pool_sampler_tick() == 0);
}

/* ---- the table ---- */

static void test_full_table(void) {
    enum { MORE = 100 };
    struct SamplerPage page;
    uint32_t index, count, once = 0;
    uint64_t sum = 0;

    group_begin("more call sites than rows");
    native_open(64 * MB, POOL_RECYCLE);
    pool_sampler_start(1);
    for (index = 0; index < SAMPLER_ROWS + MORE; index++)
        pool_sample_call(index, 0x1000 + index, 0);
    count = read_all(&page);
    for (index = 0; index < count; index++) {
        once += rows[index].samples == 1 && rows[index].bytes == rows[index].chain[0] - 0x1000;
        sum += rows[index].chain[0];
    }
    CHECK("all rows, each once", count == SAMPLER_ROWS && once == count);
    CHECK("different ones",
          sum == (uint64_t)SAMPLER_ROWS * 0x1000 + (uint64_t)SAMPLER_ROWS * (SAMPLER_ROWS - 1) / 2);
    CHECK("the others are counted", page.dropped == MORE && page.samples == SAMPLER_ROWS + MORE);
    pool_sample_call(0, 0x1000, 0);
    count = read_all(&page);
    CHECK("those with a row still have it", page.dropped == MORE && samples_of(count, 0) == 2);
}

static void test_chain(void) {
    uintptr_t stack[32], low = (uintptr_t)stack, high = (uintptr_t)(stack + 32);
    uint64_t chain[SAMPLER_DEPTH];
    uint32_t index;

    group_begin("frames");
    for (index = 0; index < 32; index++)
        stack[index] = 0xAAAA;
    stack[4] = (uintptr_t)(stack + 10);
    stack[5] = 0x2222;
    stack[10] = (uintptr_t)(stack + 30);
    stack[11] = 0x3333;
    stack[30] = (uintptr_t)(stack + 31);
    stack[31] = 0x4444;
    pool_stack_walk(chain, 0x1111, (uintptr_t)(stack + 4), low, high);
    CHECK("followed",
          chain[0] == 0x1111 && chain[1] == 0x2222 && chain[2] == 0x3333 && chain[3] == 0x4444);
    stack[10] = (uintptr_t)(stack + 4);
    pool_stack_walk(chain, 0x1111, (uintptr_t)(stack + 4), low, high);
    CHECK("never down again", chain[2] == 0x3333 && chain[3] == 0);
    stack[10] = (uintptr_t)(stack + 31);
    pool_stack_walk(chain, 0x1111, (uintptr_t)(stack + 4), low, high);
    CHECK("not to half a frame at the end", chain[2] == 0x3333 && chain[3] == 0);
    stack[10] = (uintptr_t)(stack + 20) + 1;
    pool_stack_walk(chain, 0x1111, (uintptr_t)(stack + 4), low, high);
    CHECK("not to odd places", chain[3] == 0);
    pool_stack_walk(chain, 0x1111, high, low, high);
    CHECK("not to the end of the stack", chain[0] == 0x1111 && chain[1] == 0);
    pool_stack_walk(chain, 0x1111, low - sizeof *stack, low, high);
    CHECK("not below it", chain[1] == 0);
    pool_stack_walk(chain, 0x1111, (uintptr_t)-1, 0, 0);
    CHECK("no frames without a known stack", chain[1] == 0);
}

/* ---- threads ---- */

enum { THREADS = 8, THREAD_CALLS = 100000, THREAD_ONE_IN = 40 };

static void *ask_often(void *ignored) {
    uint32_t step;

    for (step = 0; step < THREAD_CALLS; step++)
        sites[step % SITES]();
    return ignored;
}

static void test_threads(void) {
    pthread_t threads[THREADS];
    struct SamplerPage page;
    uint32_t index, count;
    uint64_t sum = 0;

    group_begin("threads, and a reader");
    native_open(64 * MB, POOL_RECYCLE);
    pool_sampler_start(THREAD_ONE_IN);
    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, ask_often, NULL);
    for (index = 0; index < 200; index++)
        samples_now();
    for (index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
    count = read_all(&page);
    for (index = 0; index < count; index++)
        sum += rows[index].samples;
    CHECK("each call has the same chance",
          is_near(page.samples, (double)THREADS * THREAD_CALLS / THREAD_ONE_IN));
    CHECK("each in a row", sum == page.samples);
    CHECK("walk", pool_check(1) == 0);
}

/* A thread that exits, or more threads than caches. */
static void test_shared_cache(void) {
    enum { CALLS = 20000, INTERVAL = 10 };
    uint64_t before = 0;
    uint32_t step;

    group_begin("a thread without a cache");
    native_open(64 * MB, POOL_RECYCLE);
    pool_os_set_slot(POOL_SLOT_VALUE(POOL_CACHE(POOL_CACHE_DEPARTED)), 0);
    pool_sampler_start(1);
    often();
    seldom();
    CHECK("each", sampled(&before, 2));
    pool_sampler_start(0);
    pool_sampler_start(INTERVAL);
    for (step = 0; step < CALLS; step++)
        sites[step % SITES]();
    CHECK("one in ten", is_near(samples_now(), (double)CALLS / INTERVAL));
}

int main(void) {
    test_shares();
    test_rhythm();
    test_entries();
    test_bump();
    test_switch();
    test_full_table();
    test_chain();
    test_threads();
    test_shared_cache();
    return check_end();
}
