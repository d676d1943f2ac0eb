/* SPDX-License-Identifier: MIT */
/* Scrap heaps, with a simulated game behind them. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread scrap_heap.c -o scrap_heap
 *   ./scrap_heap
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: the thiscall entries, on any x86-64
 *   machine; with -fno-builtin -DNATIVE_FAST their fast path
 */
#include "scrap_order.h"
#include "scrap_pointers.h"
#include "scrap_room.h"
#include "scrap_threads.h"

int main(void) {
    test_order();
    test_alignment();
    test_random();
    test_large();
    test_queue();
    test_misuse();
    test_attach();
    test_full();
    test_records();
    test_threads();
    return check_end();
}
