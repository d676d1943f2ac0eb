/* Orders from standard input, one a line. A thread reads them; the main thread takes them between
 * frames, so that they find the program at rest. */
#ifndef STANDIN_ORDERS_H
#define STANDIN_ORDERS_H

/* Starts the reader. Once. */
void orders_start(void);

/* The next order, or null where none has come yet; valid until the next call. */
const char *orders_next(void);

/* Whether the next order is this one; it is taken then. */
int orders_take(const char *order);

/* Whether there were orders and their giver has gone: what has no standard input at all runs on. */
int orders_ended(void);

#endif
