/* SPDX-License-Identifier: MIT */
/* Scrap heaps, with a played game behind them. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread scrap_heap.c -o scrap_heap
 *   ./scrap_heap
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the thiscall entries, on any x86-64
 *   machine; with -fno-builtin -DNATIVE_HOT their hot path
 */
#include "vanilla.h"

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

static unsigned char *get(void *heap, size_t size, size_t alignment, int byte) {
    unsigned char *user = replace_scrap_allocate(heap, size, alignment);

    memset(user, byte, size);
    return user;
}

static void give(void *heap, void *user) { replace_scrap_free(heap, user); }

/* The chunks of a line, its blocks one behind another without overlap, and the marks where it ends.
 * 0, or the line of what does not hold. */
static int line_check(const struct ScrapLine *line, uint32_t place, uint32_t *chunks) {
    uint32_t chunk = line->chunk, free = line->free, last = line->last, at, end;
    struct PoolPage *head;

    for (; chunk != 0; chunk = head->next << POOL_PAGE_SHIFT) {
        head = &POOL_PAGES[chunk >> POOL_PAGE_SHIFT];
        if (chunk != line->chunk) {
            free = head->free;
            last = head->carved;
        }
        if (head->tag != POOL_KIND_SCRAP || head->out != place)
            return __LINE__;
        end = chunk + (head->pages << POOL_PAGE_SHIFT);
        if (chunk == line->chunk && (line->end != end || line->code != head->reserved))
            return __LINE__;
        if (free < chunk || free > end || free % 16 != 0)
            return __LINE__;
        for (end = free, at = last; at != 0; end = at, at = SCRAP_BLOCK(at)->previous) {
            if (at < chunk || !scrap_is_block(at, head->reserved))
                return __LINE__;
            if (at + SCRAP_HEADER + SCRAP_BLOCK(at)->size > end)
                return __LINE__;
        }
        ++*chunks;
    }
    *chunks += line->spare != 0;
    return 0;
}

/* All records; that every chunk of the region belongs to one of them; and the pool. */
static int walk(void) {
    uint32_t index, chunks = 0, found = 0, page;
    int status = 0;

    for (index = 0; index < SCRAP_RECORDS && status == 0; index++) {
        struct ScrapRecord *record = POOL_SCRAP(index);
        if (record->key == 0)
            continue;
        status = line_check(&record->own, SCRAP_PLACE(index, 0), &chunks);
        if (status == 0)
            status = line_check(&record->visitors, SCRAP_PLACE(index, 1), &chunks);
    }
    for (page = 0; page < POOL_STATE->page_count; page++)
        found += POOL_PAGES[page].tag == POOL_KIND_SCRAP;
    if (status == 0 && found != chunks)
        status = __LINE__;
    return status != 0 ? status : pool_check(1);
}

/* ---- one heap, one thread ---- */

static void test_order(void) {
    struct ScrapHeap heap;
    unsigned char *first, *second, *third;

    group_begin("the order of frees");
    vanilla_open(64 * MB, POOL_RECYCLE);
    memset(&heap, 0xEE, sizeof heap);
    CHECK("the constructor returns the object", replace_scrap_init_fixed(&heap) == &heap);
    first = get(&heap, 100, 4, 1);
    second = get(&heap, 200, 4, 2);
    third = get(&heap, 300, 4, 3);
    CHECK("from the pool, upwards", POOL_OWNS(first) && second > first && third > second);
    CHECK("apart by header and rounding", second - first == 112 + 16);
    give(&heap, third);
    CHECK("the newest is used again", get(&heap, 50, 4, 4) == third);
    give(&heap, second); /* in the middle: only marked */
    CHECK("one in the middle is not", get(&heap, 10, 4, 5) > third);
    CHECK("nothing was touched", filled(first, 1, 100) && filled(third, 4, 50));
    give(&heap, third + 64 + 16); /* the 10 bytes behind */
    give(&heap, third);           /* now both of them and the second go */
    CHECK("back over all of them", get(&heap, 200, 4, 6) == second);
    give(&heap, second);
    give(&heap, first);
    CHECK("to the start", get(&heap, 1, 1, 7) == first);
    give(&heap, first);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && stats().scrap_allocs == 7);
    CHECK("in no other counter", stats().pool_allocs == 0 && stats().total_frees == 0);
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0 && scrap.purges == 0);
    CHECK("zero bytes are a block", get(&heap, 0, 0, 0) != get(&heap, 0, 0, 0));
    replace_scrap_init(&heap, 300000);
    CHECK("an initialisation gives back, too", stats().current_used == 0 && walk() == 0);
}

/* Of a block with a gap in front the end counts, wherever the search for its place began. */
static void test_alignment(void) {
    static const size_t alignments[] = {0, 1, 4, 8, 16, 32, 64, 256, 4096, 65536, 1 << 20};
    enum { COUNT = 2000 };
    static unsigned char *blocks[COUNT];
    static size_t sizes[COUNT];
    struct ScrapHeap heap;
    uint64_t seed = 11;
    uint32_t index, aligned = 0, whole = 0;

    group_begin("alignment");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init(&heap, 0x20000);
    for (index = 0; index < COUNT; index++) {
        size_t alignment = alignments[random_next(&seed) % (index % 50 != 0 ? 9 : 11)];
        sizes[index] = 1 + random_next(&seed) % (index % 10 != 0 ? 100 : 3000);
        blocks[index] = get(&heap, sizes[index], alignment, (int)index);
        aligned += (uintptr_t)blocks[index] % (alignment < 16 ? 16 : alignment) == 0;
    }
    CHECK("every alignment", aligned == COUNT);
    CHECK("walk", walk() == 0);
    for (index = COUNT; index-- != 0;) {
        whole += filled(blocks[index], (int)index, sizes[index]);
        give(&heap, blocks[index]);
    }
    CHECK("no two overlap", whole == COUNT);
    CHECK("back to one chunk and a spare", stats().current_used <= 128 * 1024 * 2);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && walk() == 0);
    for (index = 0; index < 10000; index++)
        give(&heap, get(&heap, 100, 4096, 1));
    CHECK("gaps do not add up", stats().current_used <= 128 * 1024 * 2);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0);
}

/* Whatever comes in whatever order, no block is written to but by who has it. */
static void play(void *heap, uint64_t seed, uint32_t steps, uint32_t *wrong) {
    enum { SLOTS = 200 };
    struct {
        unsigned char *at;
        size_t size;
    } slots[SLOTS] = {{NULL, 0}};
    uint32_t step, index, top = 0;

    for (step = 0; step < steps; step++) {
        uint32_t kind = random_next(&seed) % 100;
        index = kind < 70 && top != 0 ? top - 1 : random_next(&seed) % SLOTS;
        if (slots[index].at != NULL && (kind < 40 || kind > 70)) {
            *wrong += !filled(slots[index].at, (int)index, slots[index].size);
            give(heap, slots[index].at);
            slots[index].at = NULL;
            top = index;
        } else if (slots[index = top % SLOTS].at == NULL) {
            size_t size = kind > 98 ? 100000 : 1 + random_next(&seed) % (kind > 90 ? 9000 : 300);
            slots[index].at = get(heap, size, 4u << random_next(&seed) % 7, (int)index);
            slots[index].size = size;
            top = index + 1;
        } else {
            top++;
        }
    }
    for (index = 0; index < SLOTS; index++)
        if (slots[index].at != NULL) {
            *wrong += !filled(slots[index].at, (int)index, slots[index].size);
            give(heap, slots[index].at);
        }
}

static void test_random(void) {
    struct ScrapHeap heap;
    uint32_t wrong = 0, round;

    group_begin("any order");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    for (round = 0; round < 10; round++) {
        play(&heap, round + 5, 10000, &wrong);
        CHECK("walk", walk() == 0);
    }
    CHECK("contents", wrong == 0);
    CHECK("went back", stats().current_used <= 128 * 1024 * 3);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && stats().scrap_fallbacks == 0);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0);
}

static void test_large(void) {
    struct ScrapHeap heap;
    unsigned char *small, *large, *next;
    uint64_t used;

    group_begin("more than a chunk");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    small = get(&heap, 1000, 16, 1);
    used = stats().current_used;
    CHECK("the first chunk has 64 KB", used == 65536);
    large = get(&heap, 5 * MB, 16, 2);
    next = get(&heap, 60000, 16, 3);
    CHECK("all of it there", filled(small, 1, 1000) && filled(large, 2, 5 * MB));
    CHECK("and the next", POOL_OWNS(large) && POOL_OWNS(next) && filled(next, 3, 60000));
    CHECK("walk", walk() == 0);
    give(&heap, next);
    give(&heap, large);
    CHECK("a large chunk is not kept", stats().current_used <= used + 131072);
    CHECK("filled on in the first", get(&heap, 1000, 16, 4) == small + 1008 + 16);
    CHECK("nonsense sizes", replace_scrap_allocate(&heap, (size_t)-1, 4) == NULL &&
                                replace_scrap_allocate(&heap, (size_t)-40, 64) == NULL);
    CHECK("are fallbacks that failed", stats().scrap_fallbacks == 2);
    replace_scrap_purge(&heap);
    CHECK("all back", stats().current_used == 0 && walk() == 0);
}

/* Freed in the order of allocation: the newest block is always live. */
static void test_queue(void) {
    enum { WAITING = 500 };
    static unsigned char *blocks[WAITING];
    struct ScrapHeap heap;
    uint32_t index, wrong = 0;

    group_begin("the oldest first");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    for (index = 0; index < 200000; index++) {
        unsigned char **slot = &blocks[index % WAITING];
        if (*slot != NULL) {
            wrong += !filled(*slot, (int)(index - WAITING), 200);
            give(&heap, *slot);
        }
        *slot = get(&heap, 200, 4, (int)index);
    }
    CHECK("contents", wrong == 0);
    CHECK("chunks below the newest come back", stats().current_used <= 128 * 1024 * 5);
    CHECK("walk", walk() == 0);
}

/* ---- what a pointer may be ---- */

static void test_misuse(void) {
    struct ScrapHeap heap, other;
    struct PoolSnapshot before;
    unsigned char *first, *second, *third, *block;
    uint32_t distance;

    group_begin("double, interior and wild frees");
    vanilla_open(64 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&heap);
    replace_scrap_init_fixed(&other);
    first = get(&heap, 100, 4, 1);
    second = get(&heap, 100, 4, 2);
    third = get(&heap, 100, 4, 3);
    block = replace_malloc(100);
    give(&heap, NULL);
    give(&heap, second);
    give(&heap, second);
    CHECK("twice", stats().double_frees == 1 && stats().pool_frees_ignored == 1);
    before = stats();
    for (distance = 1; distance < 100; distance++)
        give(&heap, first + distance);
    CHECK("in the middle", stats().corrupt_headers == before.corrupt_headers + 99);
    memcpy(first + 16, first - 16, 16);
    give(&heap, first + 32);
    CHECK("a copied header", stats().corrupt_headers == before.corrupt_headers + 100);
    give(&heap, block);
    give(&heap, (char *)native_region + 100);
    give(&heap, (char *)native_region + 16);
    give(&heap, (char *)native_region + native_region_bytes - 16);
    replace_free(first);
    replace_game_free(game_object, third);
    CHECK("nobody's, or another layer's", stats().corrupt_headers == before.corrupt_headers + 106);
    CHECK("all live ones are whole", filled(third, 3, 100) && POOL_OWNS(block) &&
                                         stats().total_frees == stats().pool_frees_ignored);
    give(&other, third); /* another heap's: by its chunk it is known */
    CHECK("through another heap", get(&heap, 5, 4, 1) == second);
    give(&heap, second);
    first[-4] ^= 1; /* overrun */
    give(&heap, first);
    CHECK("a damaged one", stats().corrupt_headers == before.corrupt_headers + 107);
    second = get(&heap, 100, 4, 2);
    first[-4] ^= 1;
    first[-15] ^= 1;
    give(&heap, second);
    CHECK("is as far as it goes back", get(&heap, 50, 4, 2) == second);
    replace_scrap_purge(&heap);
    before = stats();
    give(&heap, second);
    give(&heap, first);
    CHECK("after a purge", stats().corrupt_headers == before.corrupt_headers + 2);
    first = get(&heap, 100, 4, 1);
    replace_scrap_purge(&heap);
    second = get(&other, 9000, 256, 9);
    CHECK("where another has the pages", first > second - 256 && first < second);
    CHECK("and the header is as it was", SCRAP_BLOCK(POOL_OFFSET(first) - 16)->state == SCRAP_LIVE);
    give(&heap, first);
    CHECK("not believed", stats().corrupt_headers == before.corrupt_headers + 3);
    CHECK("none reached the game", scrap.frees == 0 && walk() == 0);
}

/* ---- heaps from before ---- */

static void test_attach(void) {
    struct VanillaScrap heap, idle;
    struct ScrapHeap fresh;
    unsigned char *old[4], *ours[4], *before_init;
    int index;

    group_begin("attach to living heaps");
    vanilla_open(64 * MB, POOL_RECYCLE);
    vanilla_scrap_init(&heap, 100000);
    vanilla_scrap_init(&idle, 100000);
    for (index = 0; index < 4; index++) {
        old[index] = vanilla_scrap_allocate(&heap, 100, 16);
        memset(old[index], index, 100);
    }
    for (index = 0; index < 4; index++)
        ours[index] = get(&heap, 100, 64, index + 50);
    CHECK("new blocks are the pool's", POOL_OWNS(ours[0]) && scrap.allocates == 4);
    give(&heap, old[3]);
    give(&heap, ours[1]);
    give(&heap, old[1]);
    CHECK("old ones are freed by the game", scrap.frees == 2 && scrap.wrong == 0);
    CHECK("which goes back over them",
          (unsigned char *)heap.last == old[2] - sizeof(struct VanillaBlock));
    CHECK("contents", filled(old[0], 0, 100) && filled(old[2], 2, 100) &&
                          filled(ours[0], 50, 100) && filled(ours[2], 52, 100) &&
                          filled(ours[3], 53, 100));
    pool_set_active(0);
    CHECK("off: the game's go on", !POOL_OWNS(get(&heap, 10, 4, 1)) && scrap.allocates == 5);
    pool_set_active(1);
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&heap);
    CHECK("a purge gives both back", scrap.purges == 1 && scrap.buffers == 1);
    CHECK("all", stats().current_used == 0 && walk() == 0);
    ours[0] = get(&heap, 100, 4, 1);
    give(&heap, ours[0]);
    replace_scrap_purge(&heap);
    CHECK("from then on it is ours", POOL_OWNS(ours[0]) && scrap.purges == 1);
    replace_scrap_purge(&idle);
    CHECK("one that was not used meanwhile", scrap.purges == 2 && scrap.buffers == 0);

    vanilla_scrap_init(&heap, 100000);
    old[0] = vanilla_scrap_allocate(&heap, 100, 16);
    before_init = heap.base; /* the game would forget it as well */
    replace_scrap_init(&heap, 100000);
    ours[0] = get(&heap, 100, 16, 1);
    CHECK("an initialisation makes it ours", POOL_OWNS(ours[0]));
    give(&heap, old[0]);
    CHECK("what was before is nobody's", stats().corrupt_headers == 1 && scrap.frees == 2);
    free(before_init);
    replace_scrap_purge(&heap);
    memset(&fresh, 0xEE, sizeof fresh);
    pool_set_active(0);
    replace_scrap_init(&fresh, 70000);
    CHECK("made while off: the game's",
          !POOL_OWNS(get((void *)&fresh, 10, 4, 1)) && scrap.buffers == 2);
    pool_set_active(1);
    CHECK("and then as one from before", POOL_OWNS(get((void *)&fresh, 10, 4, 1)));
    replace_scrap_purge(&fresh);
    CHECK("all back", stats().current_used == 0 && scrap.buffers == 1 && walk() == 0);
}

/* ---- no room ---- */

static void test_full(void) {
    enum { COUNT = 3000 };
    static unsigned char *blocks[COUNT];
    struct ScrapHeap heap, second;
    struct VanillaScrap theirs;
    uint32_t index, ours = 0, wrong = 0;

    group_begin("a full pool");
    vanilla_open(1 * MB, POOL_RECYCLE);
    vanilla_scrap_init_fixed(&theirs);
    replace_scrap_init_fixed(&heap);
    replace_scrap_init_fixed(&second);
    for (index = 0; index < COUNT; index++) {
        blocks[index] = get(&heap, 1000, 32, (int)index);
        wrong += (uintptr_t)blocks[index] % 32 != 0;
        ours += POOL_OWNS(blocks[index]);
    }
    CHECK("the C runtime's blocks instead", wrong == 0 && ours > 850 && ours < COUNT);
    CHECK("counted", stats().scrap_fallbacks == COUNT - ours && stats().scrap_allocs == ours);
    CHECK("and not elsewhere", stats().fallback_allocs == 0 && stats().foreign_frees == 0);
    CHECK("a heap of the game's form has the game's", !POOL_OWNS(get(&theirs, 100, 4, 1)));
    CHECK("by its own member", scrap.allocates == 1);
    get(&second, 10, 4, 1);
    for (index = 0; index < COUNT; index += 2) {
        wrong += !filled(blocks[index], (int)index, 1000);
        give(&heap, blocks[index]);
    }
    for (index = 1; index < COUNT; index += 2)
        wrong += !filled(blocks[index], (int)index, 1000);
    CHECK("contents", wrong == 0);
    CHECK("no misuse, none to the game", stats().pool_frees_ignored == 0 && scrap.frees == 0);
    replace_scrap_purge(&heap);
    CHECK("a purge gives back all of them", POOL_STATE->scrap.stray_count == 1);
    replace_scrap_purge(&second);
    replace_scrap_purge(&theirs);
    CHECK("all back",
          POOL_STATE->scrap.stray_count == 0 && stats().current_used == 0 && walk() == 0);
    pool_set_active(0);
    memset(&heap, 0, sizeof heap);
    vanilla.scrap_init = 0;
    replace_scrap_init(&heap, 1);
    vanilla.scrap_allocate = 0;
    blocks[0] = get(&heap, 100, 4, 1);
    CHECK("off, without the game: the C runtime's", blocks[0] != NULL && !POOL_OWNS(blocks[0]));
    give(&heap, blocks[0]);
    CHECK("given back", POOL_STATE->scrap.stray_count == 0);

    vanilla_open(64 * MB, POOL_BUMP);
    replace_scrap_init(&theirs, 70000);
    CHECK("bump: the game's", !POOL_OWNS(get(&theirs, 100, 4, 1)) && scrap.allocates == 1);
    replace_scrap_purge(&theirs);
    CHECK("all of it", scrap.buffers == 0 && stats().scrap_fallbacks == 0);
}

/* More objects at one place of the table than it has ways. */
static void test_records(void) {
    static struct ScrapHeap heaps[SCRAP_RECORDS * 4];
    uint32_t index, served = 0;

    group_begin("records");
    vanilla_open(256 * MB, POOL_RECYCLE);
    for (index = 0; index < 200; index++) {
        replace_scrap_init_fixed(&heaps[index]);
        served += POOL_OWNS(get(&heaps[index], 100, 4, 1));
    }
    CHECK("200 heaps at a time", served == 200 && walk() == 0);
    for (index = 0; index < sizeof heaps / sizeof *heaps; index++) {
        if (index >= 200)
            replace_scrap_init_fixed(&heaps[index]);
        CHECK("a block in any case", get(&heaps[index], 1, 4, 1) != NULL);
    }
    CHECK("walk", walk() == 0);
    for (index = 0; index < sizeof heaps / sizeof *heaps; index++)
        replace_scrap_purge(&heaps[index]);
    CHECK("all back", stats().current_used == 0 && POOL_STATE->scrap.stray_count == 0);
    CHECK("every record free", record_find(&heaps[0]) == NULL && walk() == 0);
}

/* ---- threads ---- */

enum { THREADS = 4, QUEUE = 64, ROUNDS = 20000 };

static struct ScrapHeap common;

static void *own_heaps(void *argument) {
    uint64_t seed = (uintptr_t)argument;
    void *mine = replace_scrap_current();
    uint32_t wrong = mine != replace_scrap_current(), round;

    for (round = 0; round < 20; round++) {
        struct ScrapHeap embedded;
        replace_scrap_init(&embedded, 1000);
        play(mine, seed + round, 1000, &wrong);
        play(&embedded, seed + round, 300, &wrong);
        play(&common, seed + round, 300, &wrong);
        replace_scrap_purge(&embedded);
    }
    return (void *)(uintptr_t)wrong;
}

/* Blocks go from one thread, which owns the heap, to others, which free them, some of them late. */
static struct {
    pthread_mutex_t lock;
    unsigned char *waiting[QUEUE];
    uint32_t count, ended;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *consume(void *argument) {
    uint32_t wrong = 0, ended = 0;

    (void)argument;
    while (!ended) {
        unsigned char *block = NULL;
        pthread_mutex_lock(&queue.lock);
        if (queue.count != 0)
            block = queue.waiting[--queue.count];
        ended = queue.count == 0 && block == NULL && queue.ended;
        pthread_mutex_unlock(&queue.lock);
        if (block == NULL) {
            sched_yield();
            continue;
        }
        wrong += !filled(block + 1, block[0], 199);
        give(&common, block);
    }
    return (void *)(uintptr_t)wrong;
}

static void produce(void) {
    uint32_t round;

    for (round = 0; round < ROUNDS; round++) {
        unsigned char *block = get(&common, 200, 4, (int)round), *own = get(&common, 50, 64, 9);
        int full = 1;
        while (full) {
            pthread_mutex_lock(&queue.lock);
            full = queue.count == QUEUE;
            if (!full)
                queue.waiting[queue.count++] = block;
            pthread_mutex_unlock(&queue.lock);
            if (full)
                sched_yield();
        }
        give(&common, own);
    }
    pthread_mutex_lock(&queue.lock);
    queue.ended = 1;
    pthread_mutex_unlock(&queue.lock);
}

static void run(void *(*work)(void *)) {
    pthread_t threads[THREADS];
    uintptr_t index;
    void *wrong;

    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, work, (void *)(index * 1000 + 7));
    if (work == consume)
        produce();
    for (index = 0; index < THREADS; index++) {
        pthread_join(threads[index], &wrong);
        CHECK("contents", wrong == NULL);
    }
}

static void test_threads(void) {
    struct ScrapHeap *kept;

    group_begin("threads");
    vanilla_open(256 * MB, POOL_RECYCLE);
    replace_scrap_init_fixed(&common);
    run(own_heaps);
    CHECK("each was asked for its heap once", scrap.currents == THREADS);
    CHECK("walk", walk() == 0);
    vanilla.scrap_current = 0;
    run(own_heaps);
    CHECK("without the game: ours", scrap.currents == THREADS && walk() == 0);
    run(own_heaps); /* with the caches of those that have ended */
    CHECK("walk", walk() == 0);
    replace_scrap_purge(&common);
    queue.ended = 0;
    run(consume);
    CHECK("no misuse", stats().pool_frees_ignored == 0 && walk() == 0);
    CHECK("what others freed is used again", stats().current_used < 3 * MB);
    replace_scrap_purge(&common);
    kept = replace_scrap_current();
    CHECK("ours has our form", kept->mark == SCRAP_MARK && kept == replace_scrap_current());
    CHECK("walk", walk() == 0);
}

int main(void) {
    test_order();
    test_alignment();
    test_random();
    test_large();
    test_queue();
    test_misuse();
    test_attach();
    test_full();
    test_records();
    test_threads();
    return check_end();
}
