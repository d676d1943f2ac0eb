/* Takes the places that a system keeps for threads' own values where they are quick to reach: 64 in
 * the TEB of Windows, 32 in glibc's record of a thread. Programs with many plugins do that. */
#ifndef TEST_THREAD_SLOTS_H
#define TEST_THREAD_SLOTS_H

#include "portable.h"

/* How many it took. */
static unsigned take_thread_slots(void) {
    unsigned taken = 0;
#ifdef _WIN32
    while (TlsAlloc() < 64)
        taken++;
#else
    pthread_key_t key = 0;
    while (pthread_key_create(&key, 0) == 0 && key < 32)
        taken++;
#endif
    return taken;
}

#endif
