#include "actor.h"

#include "thread_block.h"

#define ACTORS 8

static struct Actor actors[ACTORS] = {{.name = "a stranger", .random = 1}};
static volatile LONG actor_count = 1;

struct Actor *actor_enter(const char *name, uint32_t seed) {
    struct Actor *actor = &actors[InterlockedIncrement(&actor_count) - 1];
    actor->name = name;
    actor->thread_id = GetCurrentThreadId();
    actor->random = seed * 0x9e3779b9u | 1;
    thread_block()->actor = actor;
    game.memory_context_set(MEMORY_CONTEXT_DEFAULT);
    return actor;
}

struct Actor *actor_here(void) {
    struct Actor *actor = thread_block()->actor;
    return actor == 0 ? &actors[0] : actor;
}

#define ADD(name) sum.name += calls->name;

struct Calls actors_calls(void) {
    struct Calls sum = {0};
    LONG i;
    for (i = 0; i < actor_count; i++) {
        const struct Calls *calls = &actors[i].calls;
        ALL_CALLS(ADD)
    }
    return sum;
}

struct Calls actors_arrivals(void) {
    struct Calls sum = {0};
    LONG i;
    for (i = 0; i < actor_count; i++) {
        const struct Calls *calls = &actors[i].arrivals;
        ALL_CALLS(ADD)
    }
    return sum;
}

void actors_stale(uint64_t *reads, uint64_t *lost) {
    LONG i;
    *reads = *lost = 0;
    for (i = 0; i < actor_count; i++) {
        *reads += actors[i].stale_reads;
        *lost += actors[i].stale_lost;
    }
}
