#include "orders.h"

#include "game.h"
#include "text.h"

#define QUEUED      64
#define ORDER_MOST  1024
#define STACK_BYTES (64 * 1024)
#define FULL_MS     1 /* between looks whether a full queue has room */

static char queue[QUEUED][ORDER_MOST];
static volatile uint32_t written, taken;
static volatile int at_end;

static DWORD WINAPI read_orders(void *unused);
static int read_line(char *line);

void orders_start(void) {
    CloseHandle(CreateThread(0, STACK_BYTES, read_orders, 0, STACK_SIZE_PARAM_IS_A_RESERVATION, 0));
}

const char *orders_next(void) {
    static char order[ORDER_MOST];
    if (taken == written)
        return 0;
    memcpy(order, queue[taken % QUEUED], ORDER_MOST);
    taken++;
    return order;
}

int orders_take(const char *order) {
    if (taken == written || !text_is_same(queue[taken % QUEUED], order, ORDER_MOST))
        return 0;
    taken++;
    return 1;
}

int orders_ended(void) { return at_end && written != 0 && taken == written; }

static DWORD WINAPI read_orders(void *unused) {
    (void)unused;
    for (;;) {
        while (written - taken == QUEUED)
            Sleep(FULL_MS);
        if (!read_line(queue[written % QUEUED]))
            break;
        __sync_synchronize();
        written++;
    }
    at_end = 1;
    return 0;
}

/* One line without its end; 0 at the end of the input. */
static int read_line(char *line) {
    struct Text text = text_in(line, ORDER_MOST);
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    DWORD got;
    char byte;
    while (ReadFile(input, &byte, 1, &got, 0) && got == 1) {
        if (byte == '\n')
            return 1;
        if (byte != '\r')
            text_add_character(&text, byte);
    }
    return 0;
}
