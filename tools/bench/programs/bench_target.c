/* The program whose allocations are measured. It takes one order a line and answers each with one
 * line:
 *
 *   baseline                        - subtract what is committed now from all later readings
 *   run WORKLOAD SEED OPERATIONS    - do the work, read the memory at its peak, free everything
 *   hold WORKLOAD SEED OPERATIONS   - the same without the frees
 *   release                         - the frees of the work that is held
 *   latency WORKLOAD SEED OPERATIONS - do the work twice and time each call of the second time
 *   quit
 *
 * Options: --baseline for functions that return at once; --dll FILE --names MALLOC,FREE,REALLOC for
 * those of a library; without one, the C runtime's.
 *
 * `ns` is wall time, also with several threads: per operation of one thread it is
 * ns * min(cores, threads) / operations. Between two readings of the clock only the workload
 * allocates. */
#include "growth.h"
#include "latency.h"
#include "mix.h"
#include "multitude.h"
#include "slots.h"

struct Workload {
    const char *name;
    unsigned threads;
    /* Whether freeing what lives at the end belongs to the work. */
    int frees_count;
    void (*before)(void);
    void (*work)(uint32_t seed, uint32_t operations);
    void (*inspect)(struct Plateau *plateau);
    void (*release)(void);
};

static const struct Workload workloads[] = {
    {"churn", 1, 1, 0, churn, inspect_slots, release_slots},
    {"realloc", 1, 0, 0, resize_slots, inspect_resized_slots, release_slots},
    {"mix", 1, 1, 0, mix, inspect_mix, release_mix},
    {"mix4", MIX_THREADS, 1, 0, mix4, inspect_mix, release_mix},
    {"growth", 1, 0, 0, grow_strings, inspect_strings, release_strings},
    {"startup", 1, 0, release_multitude, start_up, inspect_multitude, 0},
    {"live5m", 1, 1, release_multitude, keep_many_alive, inspect_multitude, release_multitude},
    {"scale1", 1, 1, 0, scale1, inspect_slots, release_slots},
    {"scale2", 2, 1, 0, scale2, inspect_slots, release_slots},
};

static const struct Workload *held;
static uint64_t committed_before, resident_before;

static uint64_t above(uint64_t value, uint64_t base) { return value > base ? value - base : 0; }

static void take_baseline(void) {
    committed_before = committed_now();
    resident_before = resident_now();
    forget_resident_peak();
}

static uint64_t timed_release(const struct Workload *workload) {
    uint64_t started = now_ns();
    if (workload->release != 0)
        workload->release();
    return now_ns() - started;
}

static void obey_run(const struct Workload *workload, uint32_t seed, uint32_t operations,
                     int hold) {
    struct Plateau plateau = {0, 0, 0};
    uint64_t started, elapsed, committed, peak;
    if (workload->before != 0)
        workload->before();
    if (workload->threads > 1 || workload->work == scale1)
        ensure_workers(workload->threads);
    started = now_ns();
    workload->work(seed, operations);
    elapsed = now_ns() - started;
    committed = above(committed_now(), committed_before);
    peak = above(resident_peak(), resident_before);
    workload->inspect(&plateau);
    held = hold ? workload : 0;
    if (!hold) {
        uint64_t freeing = timed_release(workload);
        if (workload->frees_count)
            elapsed += freeing;
    }
    say_number("operations", operations);
    say_number("ns", elapsed);
    say_number("threads", workload->threads);
    say_number("live_bytes", plateau.live_bytes);
    say_number("live_blocks", plateau.live_blocks);
    say_number("committed_bytes", committed);
    say_number("peak_bytes", peak > committed ? peak : committed);
    say_number("handed_over", blocks_handed_over());
    say_number("faults", plateau.faults);
    end_answer();
}

/* Frees of the end, when everything goes at once, are not recorded. */
static void obey_latency(const struct Workload *workload, uint32_t seed, uint32_t operations) {
    struct Plateau plateau = {0, 0, 0};
    if (workload->threads > 1)
        ensure_workers(workload->threads);
    begin_calibration();
    workload->work(seed, operations);
    timed_release(workload);
    begin_recording();
    workload->work(seed, operations);
    end_recording();
    say_latencies();
    workload->inspect(&plateau);
    timed_release(workload);
    blocks_handed_over();
    say_number("faults", plateau.faults);
    end_answer();
}

static void obey_release(void) {
    say_number("ns", held != 0 ? timed_release(held) : 0);
    held = 0;
    end_answer();
}

/* Cuts the order into words. */
static unsigned split(char *order, char **words, unsigned limit) {
    unsigned count = 0;
    while (count < limit) {
        while (*order == ' ')
            *order++ = 0;
        if (*order == 0)
            break;
        words[count++] = order;
        while (*order != 0 && *order != ' ')
            order++;
    }
    return count;
}

static uint32_t number_of(const char *text) {
    uint32_t number = 0;
    while (*text >= '0' && *text <= '9')
        number = number * 10 + (uint32_t)(*text++ - '0');
    return number;
}

static const struct Workload *find_workload(const char *name) {
    unsigned i;
    for (i = 0; i < sizeof workloads / sizeof *workloads; i++)
        if (strcmp(workloads[i].name, name) == 0)
            return &workloads[i];
    return 0;
}

static int obey(char *order) {
    char *words[4];
    unsigned count = split(order, words, 4);
    const struct Workload *workload = count == 4 ? find_workload(words[1]) : 0;
    const char *verb = count > 0 ? words[0] : "";
    if (workload != 0 && (strcmp(verb, "run") == 0 || strcmp(verb, "hold") == 0))
        obey_run(workload, number_of(words[2]), number_of(words[3]), *verb == 'h');
    else if (workload != 0 && workload->release != 0 && strcmp(verb, "latency") == 0)
        obey_latency(workload, number_of(words[2]), number_of(words[3]));
    else if (strcmp(verb, "release") == 0)
        obey_release();
    else if (strcmp(verb, "quit") == 0)
        return 0;
    else if (strcmp(verb, "baseline") == 0) {
        take_baseline();
        say("ok");
        end_answer();
    } else {
        say("error unknown order");
        end_answer();
    }
    return 1;
}

static void choose_allocator(int count, char **words) {
    const char *file = 0;
    char *names = 0;
    int i, is_baseline = 0;
    for (i = 1; i < count; i++) {
        if (strcmp(words[i], "--baseline") == 0)
            is_baseline = 1;
        else if (strcmp(words[i], "--dll") == 0 && i + 1 < count)
            file = words[++i];
        else if (strcmp(words[i], "--names") == 0 && i + 1 < count)
            names = words[++i];
        else
            refuse("unknown option");
    }
    if (is_baseline)
        use_baseline();
    else if (file != 0 && names != 0)
        use_library(file, names);
    else
        use_runtime();
}

int main(int count, char **words) {
    static char order[256];
    /* Touched now, so that no workload pays for the first touch of the program's own tables. */
    memset(multitude, 0, sizeof multitude);
    memset(baseline_block, 0, sizeof baseline_block);
    memset(mixes, 0, sizeof mixes);
    memset(mailboxes, 0, sizeof mailboxes);
    memset(call_times, 0, sizeof call_times);
    create_thread_number();
    clear_mix();
    choose_allocator(count, words);
    take_baseline();
    say("ready");
    end_answer();
    while (read_order(order, sizeof order) && obey(order)) {
    }
    leave(0);
    return 0;
}
