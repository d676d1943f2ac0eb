/* SPDX-License-Identifier: MIT */
#ifndef POOLNV_MAIN_THREAD_OPS_H
#define POOLNV_MAIN_THREAD_OPS_H

/* Operations of main_thread_queue(). */
enum MainThreadOp {
    MAIN_THREAD_RUN,    /* add a line of script */
    MAIN_THREAD_PRINT,  /* add a text to print */
    MAIN_THREAD_STATE,  /* return the enum MainThreadState of a ticket */
    MAIN_THREAD_CANCEL, /* remove a ticket that is still waiting: 1 if it was */
    MAIN_THREAD_FRAMES  /* return the number of frames since the hook, modulo 2^32 */
};

#endif
