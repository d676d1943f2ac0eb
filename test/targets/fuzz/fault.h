/* What went wrong first, to be told with all that is needed to do it again. */
#ifndef TEST_FUZZ_FAULT_H
#define TEST_FUZZ_FAULT_H

#include "../portable.h"

struct FuzzFault {
    volatile uint32_t noted; /* 1 once there is one: whoever sets it fills in the rest */
    uint64_t seed;           /* of the program */
    unsigned thread;
    uint64_t step;    /* of the thread, from 0 */
    const char *call; /* name of the function */
    size_t size;      /* bytes that the block was to have */
    size_t old_size;  /* bytes that it had, 0 for a new one */
    const void *at;   /* where it is */
    const char *what;
};

static struct FuzzFault fuzz_fault;

#endif
