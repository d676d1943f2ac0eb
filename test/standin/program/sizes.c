#include "sizes.h"

/* Of a thousand requests, how many are of which sizes. */
static const struct {
    uint16_t share;
    uint32_t least, most;
} ranges[] = {
    {330, 8, 8},      {200, 16, 16},    {120, 80, 80},      {100, 96, 96},
    {10, 0, 0},       {160, 1, 256},    {40, 257, 1020},    {20, 1024, 1280},
    {10, 2286, 2560}, {8, 1021, 65536}, {2, 65536, 524288},
};

static const uint16_t saved[SIZE_FROM_NUMBERS] = {8,  16, 80, 96, 8,  24,   16, 1100,
                                                  48, 80, 8,  96, 16, 2400, 28, 1260};

uint32_t random_size(struct Actor *actor) {
    uint32_t dice = random_below(actor, 1000), i = 0;
    while (dice >= ranges[i].share)
        dice -= ranges[i++].share;
    return ranges[i].least + random_below(actor, ranges[i].most - ranges[i].least + 1);
}

uint32_t size_of_number(uint32_t number) { return saved[number % SIZE_FROM_NUMBERS]; }
