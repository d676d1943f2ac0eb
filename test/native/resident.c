/* SPDX-License-Identifier: MIT */
/* The resident: its thread, its mailbox, its log, on Linux. From this folder:
 *
 *   cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -I../../cmodule -pthread resident.c
 *     ../../cmodule/resident/[a-z]*.c -o resident
 *   ./resident
 *   the same with -fsanitize=address,undefined -fno-sanitize-recover=all
 *   the same with -fsanitize=thread
 *   zig cc -target x86-linux-musl -static in place of cc: 32 bits, on any x86-64 machine
 */
#include "resident_host.h"
#include "resident_monitors.h"
#include "resident_requests.h"
#include "resident_thread.h"

int main(int count, char **arguments) {
    native_thread_count = (int *)dlsym(RTLD_DEFAULT, "__nptl_nthreads");
    if (count > 1)
        return run_program(arguments[1]);
    snprintf(folder, sizeof folder, "/tmp/poolnv-resident-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return 2;
    }
    describe_pool();
    use_log(in_folder("log"));
    test_monitors();
    test_log();
    test_requests();
    test_mailbox();
    test_thread(arguments[0]);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return check_end();
}
