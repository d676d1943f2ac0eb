/* The thread that reads files and makes objects while the main thread goes on. One task at a time;
 * all of these are for the main thread. */
#ifndef STANDIN_IO_H
#define STANDIN_IO_H

#include "block.h"

#define IO_BLOCKS_MOST 0x4000 /* made by one task */

enum IoKind {
    IO_STREAM, /* make so many objects */
    IO_READ    /* read a part of a file and make what is in it */
};

struct IoTask {
    enum IoKind kind;
    uint32_t count;  /* IO_STREAM: objects; IO_READ: bytes to read */
    uint32_t factor; /* IO_READ: bytes to allocate for each byte of the file */
    HANDLE file;     /* IO_READ: open, at the right place */
};

/* What a task has made: its blocks belong to whoever takes the result. */
struct IoResult {
    enum IoKind kind;
    uint32_t bytes_read;
    uint32_t count;
    struct Block blocks[IO_BLOCKS_MOST];
};

/* Starts the thread. Once. */
void io_start(uint32_t seed);

/* Whether a task can be begun: none is at work, and no result waits. */
int io_is_idle(void);

void io_begin(struct IoTask task);

/* The result that waits, or null. It stays as it is until io_release. */
const struct IoResult *io_result(void);
void io_release(void);

/* Waits until no task is at work. */
void io_settle(void);

#endif
