/* A program that does not end at once: keeps 20,000 blocks and replaces 2000 of them every 10 ms,
 * for 20 seconds. */
#include "portable.h"

enum { BLOCKS = 20000, REPLACED = 2000, PAUSE_MS = 10, ROUNDS = 2000 };

int main(void) {
    static void *blocks[BLOCKS];
    uint32_t seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        for (int count = 0; count < REPLACED; count++) {
            seed = seed * 1664525u + 1013904223u;
            void **block = &blocks[(seed >> 8) % BLOCKS];
            free(*block);
            *block = malloc(16 + seed % 1000);
            if (*block == 0)
                return 1;
        }
        sleep_ms(PAUSE_MS);
    }
    return 0;
}
