/* Does what the orders say. */
#ifndef STANDIN_OBEY_H
#define STANDIN_OBEY_H

/* Goes on with the order at work, and takes others when it is done. Main thread, between frames. */
void obey_orders(void);

/* Whether no frame is to begin now. */
int obey_stands_still(void);

/* Whether frames are to follow one another without a rest. */
int obey_in_haste(void);

#endif
