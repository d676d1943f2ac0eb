/* What a thread does with memory all the time: takes blocks, lets them grow, gives them back, or
 * leaves them to the main thread. */
#ifndef STANDIN_CHURN_H
#define STANDIN_CHURN_H

#include "block.h"

#define CHURN_SLOTS 384

/* The blocks of one thread. */
struct Churn {
    struct Block slots[CHURN_SLOTS];
    int sender; /* number under which it leaves blocks to the main thread; -1: it is the main one */
};

/* Does something with so many slots. */
void churn_work(struct Actor *actor, struct Churn *churn, uint32_t steps);

void churn_check(const struct Churn *churn);

#endif
