#include "trampolines.h"

#include "answers.h"
#include "exercise.h"
#include "game.h"
#include "memory.h"

#define TRAMPOLINE_BYTES 32
#define INCREMENT_BYTES  6
#define JUMP             0xe9 /* and a distance of four bytes */
#define JUMP_BYTES       5

/* By its name, a place and how many bytes of it a jump displaces. */
#define PLACE(name, displaced) {offsetof(struct Game, name), displaced},

static const struct {
    size_t field;
    uint32_t displaced;
} places[] = {GAME_HOOKABLE(PLACE)};

#define PLACES (sizeof places / sizeof places[0])

static uint32_t passed[PLACES];

static void write_trampoline(uint8_t *at, uint32_t index, const uint8_t *entry);
static void write_jump(uint8_t *at, const uint8_t *to);

void report_trampolines(void) {
    struct Game hooked = game;
    uint32_t i, taken = 0, failures = exercise(&game);
    uint8_t *code = VirtualAlloc(0, PLACES * TRAMPOLINE_BYTES, MEM_RESERVE | MEM_COMMIT,
                                 PAGE_EXECUTE_READWRITE);
    memset(passed, 0, sizeof passed);
    for (i = 0; i < PLACES; i++) {
        void **function = (void **)((uint8_t *)&hooked + places[i].field);
        uint8_t *trampoline = code + i * TRAMPOLINE_BYTES;
        write_trampoline(trampoline, i, *function);
        *function = trampoline;
    }
    FlushInstructionCache(GetCurrentProcess(), code, PLACES * TRAMPOLINE_BYTES);
    failures += exercise(&hooked);
    VirtualFree(code, 0, MEM_RELEASE);
    for (i = 0; i < PLACES; i++)
        taken += passed[i] != 0;
    say_number("places", PLACES);
    say_number("passed", taken);
    say_number("failures", failures);
    end_answer();
}

/* inc [passed]; the displaced instructions; jmp to what follows them at the place itself. Where
 * another mod has a jump there already: inc [passed]; jmp to where that leads. */
static void write_trampoline(uint8_t *at, uint32_t index, const uint8_t *entry) {
    uint32_t *counter = &passed[index], displaced = places[index].displaced;
    at[0] = 0xff;
    at[1] = 0x05;
    memcpy(at + 2, &counter, sizeof counter);
    at += INCREMENT_BYTES;
    if (entry[0] == JUMP) {
        int32_t distance;
        memcpy(&distance, entry + 1, sizeof distance);
        write_jump(at, entry + JUMP_BYTES + distance);
        return;
    }
    memcpy(at, entry, displaced);
    write_jump(at + displaced, entry + displaced);
}

static void write_jump(uint8_t *at, const uint8_t *to) {
    int32_t distance = (int32_t)(to - (at + JUMP_BYTES));
    at[0] = JUMP;
    memcpy(at + 1, &distance, sizeof distance);
}
