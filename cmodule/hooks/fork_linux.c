/* SPDX-License-Identifier: MIT */
/* glibc's fork runs the handlers of pthread_atfork, takes the locks of its own parts, the one of
 * the list of all streams last of them, then those of its malloc, because threads allocate while
 * they hold the others. The pool's locks have the same place. A handler is not the place: it runs
 * before all of that, and before the handlers of libraries that were loaded earlier.
 *
 * In the child the lock of the list is reset, before any handler runs. Without other threads fork
 * calls none of these, and nothing has to be locked. Nothing else in glibc calls them. */
#include "../pool/pool.h"

#ifdef ORIGINAL__IO_list_lock

#define CALL(address) ((void (*)(void))(uintptr_t)(address))()

void replace__IO_list_lock(void) {
    CALL(ORIGINAL__IO_list_lock);
    pool_fork_prepare();
}

void replace__IO_list_unlock(void) {
    pool_fork_parent();
    CALL(ORIGINAL__IO_list_unlock);
}

void replace__IO_list_resetlock(void) {
    CALL(ORIGINAL__IO_list_resetlock);
    pool_fork_child();
}

#endif
