/*
 * A program that is told a saved game by its command line, loads it into blocks of its own, and
 * goes on allocating. The location in the save's header says what becomes of it:
 *
 *   CRASH   it reads from no address, a while after it has loaded
 *   HANG    it stands still then
 *   LEAVE   it ends by itself, without an error
 *   FAIL    it ends with exit code 3
 *   GLUT    it keeps all that it allocates, up to GLUT_BYTES
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES  4096
#define LOAD_STEPS  20
#define STEP_MS     10
#define BLOCKS      2000
#define FATE_STEPS  40 /* after the load */
#define GLUT_BYTES  (400u << 20)
#define GLUT_BLOCK  1000
#define GLUT_BLOCKS 2000 /* in a step */

static char head[HEAD_BYTES];
static char *blocks[BLOCKS];
static volatile char *const nowhere = 0;

static int says(const char *word) { return memmem(head, sizeof head, word, strlen(word)) != 0; }

static int read_head(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t got = file == 0 ? 0 : fread(head, 1, sizeof head, file);
    if (file != 0)
        fclose(file);
    return got > 0;
}

/* Replaces some of the blocks. */
static void turn_over(unsigned count) {
    while (count-- > 0) {
        char **block = &blocks[rand() % BLOCKS];
        free(*block);
        *block = malloc(16 + (unsigned)rand() % 1000);
        **block = 1;
    }
}

static void swallow(uint32_t *swallowed) {
    unsigned count;
    for (count = 0; count < GLUT_BLOCKS && *swallowed < GLUT_BYTES; count++) {
        char *block = malloc(GLUT_BLOCK);
        *block = 1;
        *swallowed += GLUT_BLOCK;
    }
}

int main(int count, char **arguments) {
    uint32_t swallowed = 0;
    unsigned step;
    if (count != 2 || !read_head(arguments[1]))
        return 2;
    usleep(1500 * 1000); /* as a program needs to start; it gets its pool meanwhile */
    for (step = 0; step < LOAD_STEPS; step++, usleep(STEP_MS * 1000))
        turn_over(1000);
    for (step = 0;; step++, usleep(STEP_MS * 1000)) {
        turn_over(200);
        if (says("GLUT"))
            swallow(&swallowed);
        if (step < FATE_STEPS)
            continue;
        if (says("CRASH"))
            return *nowhere;
        if (says("LEAVE"))
            return 0;
        if (says("FAIL"))
            return 3;
        while (says("HANG"))
            sleep(1);
    }
}
