/* SPDX-License-Identifier: MIT */
/* Waiting for a lock, and taking all of them for a fork. */
#include "internal.h"

/* When a process exits, Windows terminates its other threads anywhere, even with a lock held, and
 * then runs destructors that free blocks. The last thread takes such a lock over: the interrupted
 * operation costs one block at most, while waiting would hang the exit. */
void pool_lock_wait(volatile uint32_t *word) {
    uint32_t tries = 0;

    if (POOL_LOAD(POOL_STATE->fork_owner) == POOL_SELF()) {
        POOL_STORE(*word, POOL_LOAD(*word) + 1);
        return;
    }
    while (!pool_swap_if(word, 0, 1)) {
        do {
            if (++tries % 128 != 0) {
                POOL_PAUSE();
                continue;
            }
            if (pool_os_ending()) {
                POOL_STORE(*word, 1);
                return;
            }
            pool_os_yield();
        } while (POOL_LOAD(*word) != 0);
    }
}

void pool_lock_all(void) {
    uint32_t index;

    POOL_LOCK(&POOL_STATE->shared_lock);
    POOL_LOCK(&POOL_STATE->quarantine.lock);
    for (index = 0; index < POOL_STATE->class_count; index++)
        POOL_LOCK(&POOL_STATE->classes[index].lock);
    for (index = 0; index < POOL_ARENAS; index++)
        POOL_LOCK(&POOL_STATE->heaps[index].lock);
    POOL_LOCK(&POOL_STATE->segment_lock);
    POOL_LOCK(&POOL_SAMPLER->lock);
    POOL_LOCK(&POOL_STATE->route_lock);
}

void pool_unlock_all(void) {
    uint32_t index;

    POOL_UNLOCK(&POOL_STATE->route_lock);
    POOL_UNLOCK(&POOL_SAMPLER->lock);
    POOL_UNLOCK(&POOL_STATE->segment_lock);
    for (index = 0; index < POOL_ARENAS; index++)
        POOL_UNLOCK(&POOL_STATE->heaps[index].lock);
    for (index = 0; index < POOL_STATE->class_count; index++)
        POOL_UNLOCK(&POOL_STATE->classes[index].lock);
    POOL_UNLOCK(&POOL_STATE->quarantine.lock);
    POOL_UNLOCK(&POOL_STATE->shared_lock);
}

void pool_fork_prepare(void) {
    if (POOL_LOAD(POOL_STATE->fork_owner) == POOL_SELF()) {
        POOL_STATE->fork_depth++;
        return;
    }
    pool_lock_all();
    POOL_STATE->fork_depth = 1;
    POOL_STORE(POOL_STATE->fork_owner, POOL_SELF());
}

void pool_fork_parent(void) {
    if (POOL_LOAD(POOL_STATE->fork_owner) != POOL_SELF() || --POOL_STATE->fork_depth != 0)
        return;
    POOL_STORE(POOL_STATE->fork_owner, 0);
    pool_unlock_all();
}

/* The other threads do not exist in the child. All class locks were taken when they ended, so their
 * magazines are intact. */
void pool_fork_child(void) {
    uint32_t pid = pool_os_pid();

    if (POOL_CONTROL->pid == pid) /* a second call, when the child may have threads again */
        return;
    pool_caches_orphan(POOL_THREAD_CACHE());
    POOL_CACHE(POOL_CACHE_SHARED)->in_original = 0;
    POOL_CONTROL->pid = pid;
    if (POOL_LOAD(POOL_STATE->fork_owner) == POOL_SELF()) {
        POOL_STATE->fork_depth = 1;
        pool_fork_parent();
    }
}
