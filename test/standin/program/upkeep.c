#include "upkeep.h"

#include "game.h"

#define RELEASE_EVERY 100 /* frames */

void upkeep_begin(void) {
    game.late_call();
    game.main_set_up(GetCurrentThreadId(), "Main");
    game.task_set_up(GetCurrentThreadId(), "BSTaskThread");
    game.movie_set_up(GetCurrentThreadId(), "MoviePlayer");
}

void upkeep_frame(void) {
    static uint32_t frames;
    if (++frames % RELEASE_EVERY == 0)
        game.scrap_manager_release(game.scrap_manager());
    game.pools_reset_statistics();
    game.pool_purge(0);
    game.pools_purge();
    game.arena_release(0);
    game.frame_sweep();
}

void __cdecl vanilla_pools_reset_statistics(void) { UPKEEP->reset_statistics++; }

void __thiscall vanilla_pool_purge(struct Pool *pool) {
    (void)pool;
    UPKEEP->purge_pool++;
}

void __cdecl vanilla_pools_purge(void) { UPKEEP->purge_pools++; }

void __cdecl vanilla_arena_unreference(void *arena) {
    (void)arena;
    UPKEEP->unreference_arena++;
}

void __cdecl vanilla_arena_release(void *arena) {
    (void)arena;
    UPKEEP->release_arena++;
}

void __thiscall vanilla_inner_construct(void *inner, uint32_t count) {
    (void)inner, (void)count;
    UPKEEP->construct_inner++;
}

void __cdecl vanilla_late(void) { UPKEEP->late++; }

void __cdecl vanilla_thread_set_up(uint32_t id, const char *name) {
    (void)id, (void)name;
    UPKEEP->set_up_threads++;
}
