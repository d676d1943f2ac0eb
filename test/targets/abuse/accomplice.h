/* A second thread that frees what it is told to, because who frees a block need not be who got it.
 */
#ifndef TEST_ABUSE_ACCOMPLICE_H
#define TEST_ABUSE_ACCOMPLICE_H

#include "../portable.h"

static struct {
    thread_t thread;
    signal_t begin, done;
    void *volatile pointer;
} accomplice;

THREAD_BODY(abet, argument) {
    (void)argument;
    for (;;) {
        await_signal(&accomplice.begin);
        free(accomplice.pointer);
        raise_signal(&accomplice.done);
    }
    THREAD_END;
}

static void start_accomplice(void) {
    static int started;
    if (started++)
        return;
    create_signal(&accomplice.begin);
    create_signal(&accomplice.done);
    start_thread(&accomplice.thread, abet, 0);
}

/* Returns when the other thread has freed it. */
static void let_free(void *pointer) {
    accomplice.pointer = pointer;
    raise_signal(&accomplice.begin);
    await_signal(&accomplice.done);
}

#endif
