/* SPDX-License-Identifier: MIT */
/* Many threads, every operation, blocks that change hands; each block carries a cookie in every
 * byte, and the walkers run between and during the rounds. Arguments: seed, rounds. From this
 * folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread stress.c -o stress
 *   ./stress
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the 32-bit pool, on any x86-64 machine
 */
#include "pool_test.h"

#define THREADS 6
#define SLOTS   512
#define STEPS   20000

/* A block in a slot: the thread that takes it out owns it. */
struct Parcel {
    unsigned char *user;
    size_t size;
    unsigned char cookie;
};

static struct Slot {
    pthread_mutex_t lock;
    struct Parcel parcel;
} slots[SLOTS];

static uint64_t allocs, frees, wrong; /* __atomic */

static uint32_t random_next(uint64_t *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(*state >> 33);
}

/* Mostly small, a few large, as in games. */
static size_t random_size(uint64_t *state) {
    uint32_t kind = random_next(state) % 100;
    if (kind < 70)
        return random_next(state) % 256;
    if (kind < 95)
        return random_next(state) % 8192;
    return random_next(state) % (kind < 99 ? 100000 : 1000000);
}

static void parcel_check(const struct Parcel *parcel, size_t size) {
    size_t at;
    for (at = 0; at < size; at += at + 64 < size ? 13 : 1)
        if (parcel->user[at] != parcel->cookie) {
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
            return;
        }
}

static void parcel_fill(struct Parcel *parcel, size_t size, uint64_t *state) {
    parcel->size = size;
    parcel->cookie = (unsigned char)random_next(state);
    memset(parcel->user, parcel->cookie, size);
}

static void parcel_make(struct Parcel *parcel, uint64_t *state) {
    size_t size = random_size(state), alignment = (size_t)16 << random_next(state) % 9;

    switch (random_next(state) % 8) {
    case 0:
        parcel->user = replace_calloc(1, size);
        parcel->cookie = 0;
        parcel_check(parcel, size);
        break;
    case 1:
        parcel->user = replace_memalign(alignment, size);
        if ((uintptr_t)parcel->user % alignment != 0)
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        break;
    default:
        parcel->user = replace_malloc(size);
    }
    __atomic_fetch_add(&allocs, 1, __ATOMIC_RELAXED);
    parcel_fill(parcel, size, state);
}

static void parcel_drop(struct Parcel *parcel) {
    parcel_check(parcel, parcel->size);
    replace_free(parcel->user);
    __atomic_fetch_add(&frees, 1, __ATOMIC_RELAXED);
    parcel->user = NULL;
}

static void parcel_resize(struct Parcel *parcel, uint64_t *state) {
    size_t size = random_size(state) + 1;

    parcel->user = replace_realloc(parcel->user, size);
    parcel_check(parcel, size < parcel->size ? size : parcel->size);
    parcel_fill(parcel, size, state);
}

static void *work(void *argument) {
    uint64_t state = (uintptr_t)argument;
    struct Parcel mine;
    struct Slot *slot;
    int step;

    for (step = 0; step < STEPS; step++) {
        slot = &slots[random_next(&state) % SLOTS];
        pthread_mutex_lock(&slot->lock);
        mine = slot->parcel;
        slot->parcel.user = NULL;
        pthread_mutex_unlock(&slot->lock);
        if (mine.user == NULL)
            parcel_make(&mine, &state);
        else if (random_next(&state) % 3 == 0)
            parcel_resize(&mine, &state);
        else
            parcel_drop(&mine);
        if (mine.user == NULL)
            continue;
        pthread_mutex_lock(&slot->lock);
        if (slot->parcel.user == NULL) {
            slot->parcel = mine;
            mine.user = NULL;
        }
        pthread_mutex_unlock(&slot->lock);
        if (mine.user != NULL)
            parcel_drop(&mine);
    }
    return NULL;
}

static volatile uint32_t watching;

/* Checks, reads, resets and switches while the other threads run. */
static void *watch(void *argument) {
    struct PoolSnapshot now;
    uint32_t turn = 0;

    (void)argument;
    while (POOL_LOAD(watching)) {
        if (pool_check(0) != 0)
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
        pool_snapshot(&now);
        if (++turn % 4 == 0)
            pool_reset();
        pool_set_active(turn % 8 != 0);
        usleep(2000);
    }
    pool_set_active(1);
    return NULL;
}

static void round_run(uint64_t seed) {
    pthread_t threads[THREADS], watcher;
    uintptr_t index;

    POOL_STORE(watching, 1);
    pthread_create(&watcher, NULL, watch, NULL);
    for (index = 0; index < THREADS; index++)
        pthread_create(&threads[index], NULL, work, (void *)(uintptr_t)(seed * 977 + index + 1));
    for (index = 0; index < THREADS; index++)
        pthread_join(threads[index], NULL);
    POOL_STORE(watching, 0);
    pthread_join(watcher, NULL);
}

static void pool_stressed(const char *name, size_t region, uint64_t seed, int rounds) {
    struct PoolSnapshot now;
    int round, index;

    group_begin(name);
    native_open(region, POOL_RECYCLE);
    allocs = frees = 0;
    for (round = 0; round < rounds; round++) {
        round_run(seed + (uint64_t)round);
        CHECK("cookies and walkers", wrong == 0);
        index = pool_check(1);
        if (index != 0)
            printf("check.c:%d\n", index);
        CHECK("walk at rest", index == 0);
    }
    for (index = 0; index < SLOTS; index++)
        if (slots[index].parcel.user != NULL)
            parcel_drop(&slots[index].parcel);
    pool_snapshot(&now);
    CHECK("nothing in use", now.current_used == 0);
    CHECK("frees are exact", now.total_frees == frees);
    CHECK("none was refused",
          now.corrupt_headers == 0 && now.double_frees == 0 && now.pool_frees_ignored == 0);
    pool_reset();
    pool_snapshot(&now);
    CHECK("all can be given back", now.committed == 0 && pool_check(1) == 0);
}

/* Children of a process whose other threads are in the middle of allocating. */
static void forks(uint64_t seed) {
    pthread_t thread;
    int turn, status, good = 0;
    void *user;
    pid_t child;

    group_begin("fork under load");
    native_open(128 * MB, POOL_RECYCLE);
    pthread_create(&thread, NULL, work, (void *)(uintptr_t)seed);
    for (turn = 0; turn < 20; turn++) {
        pool_fork_prepare();
        user = replace_malloc(50);
        child = fork();
        if (child == 0) {
            pool_fork_child();
            replace_free(user);
            replace_free(replace_malloc(500));
            _exit(pool_check(0));
        }
        pool_fork_parent();
        replace_free(user);
        good += waitpid(child, &status, 0) == child && status == 0;
        if (status != 0)
            printf("child ended with status %x\n", status);
    }
    pthread_join(thread, NULL);
    CHECK("every child can allocate", good == 20);
    for (turn = 0; turn < SLOTS; turn++)
        if (slots[turn].parcel.user != NULL)
            parcel_drop(&slots[turn].parcel);
    CHECK("walk", pool_check(1) == 0);
}

int main(int count, char **arguments) {
    uint64_t seed = count > 1 ? strtoull(arguments[1], NULL, 0) : 20240917;
    int rounds = count > 2 ? atoi(arguments[2]) : 3, index;

    printf("seed %llu, %d rounds\n", (unsigned long long)seed, rounds);
    for (index = 0; index < SLOTS; index++)
        pthread_mutex_init(&slots[index].lock, NULL);
    pool_stressed("enough memory", 256 * MB, seed, rounds);
    pool_stressed("too little memory", 4 * MB, seed, rounds);
    forks(seed);
    return check_end();
}
