#include "clock.h"

#include "game.h"
#include "text.h"

uint64_t clock_us(void) {
    static LARGE_INTEGER frequency, first;
    LARGE_INTEGER now;
    uint32_t rest, second_rest;
    uint64_t seconds;
    if (frequency.QuadPart == 0) {
        QueryPerformanceFrequency(&frequency);
        QueryPerformanceCounter(&first);
    }
    QueryPerformanceCounter(&now);
    seconds = divide((uint64_t)(now.QuadPart - first.QuadPart), frequency.LowPart, &rest);
    return seconds * 1000000 + divide((uint64_t)rest * 1000000, frequency.LowPart, &second_rest);
}

void clock_pace(uint64_t began_us, uint32_t per_second) {
    uint64_t taken = clock_us() - began_us;
    uint32_t share = per_second == 0 ? 0 : 1000000 / per_second;
    if (taken + 1000 <= share)
        Sleep(((uint32_t)share - (uint32_t)taken) / 1000);
}
