/*
 * A program to attach to. It obeys one order a line and answers with one line each:
 *
 *   pid                      its process id
 *   work SEED CALLS THREADS  allocation calls with content checks, spread over threads that exist
 *                            from the start; answers with its own count of every call it made
 *   relay SEED CALLS COUNT   so many threads one after another, each of which takes over the blocks
 *                            of those before it
 *   crowd SEED CALLS COUNT   so many threads at a time, 160 at most; half of them leave blocks to
 *                            be freed when all have ended
 *   slots                    takes all quick slots for threads' own values; answers how many
 *   hold BYTES COUNT         keeps blocks
 *   drop                     checks and frees them
 *   counters                 the pool's counters, read from the program's own memory; "none"
 *                            without a pool
 *   abuse SEED COUNT         so many random misdeeds beside good calls of four other threads;
 *                            answers what the pool has to have counted; "none" without a pool
 *   fill SEED                four threads take until nothing more comes from the pool; answers what
 *                            they got, and from whom
 *   empty SEED               they give it all back, checking contents
 *   demand BYTES COUNT       one of them takes and gives back so much so many times
 *   hoard                    reserves all address space that is left; answers how many megabytes
 *   unhoard                  releases it
 *   load                     starts threads that allocate without end, checking contents,
 *                            until "rest"
 *   ask OFTEN SELDOM         two functions that differ ask for 48 and for 3000 bytes so many times,
 *                            in turns
 *   pass CALLS               answers when each of them has made so many more calls
 *   rest                     stops them; answers calls made and corruptions found
 *   fuzz SEED STEPS THREADS  a program of random calls of the whole family, checked against
 *                            a model; answers with its own count
 *   fault                    what went wrong first in the last fuzz, in words; "none"
 *   session SEED CALLS       the next part of a long session, in which cells are loaded and
 *                            left; answers with its own count since it began
 *   leave                    frees all blocks of the session; answers the same
 *   stall                    the longest time since the last asking in which none of them got on,
 *                            and the one in which malloc was patched
 *   forge KIND [SEED]        shows a control block that no pool of ours has (forge.h)
 *   unforge                  takes it away
 *   precious                 whether the memory that "forge mailbox-data" names is as it was
 *   vast                     takes a terabyte of address space, where there are 64 bits
 *   sleep MS                 answers after so many milliseconds
 *   quit
 *
 * It never allocates but when told to: it reads and writes without stdio, which in some runtimes
 * allocates.
 */
#include "abuse/mix.h"
#include "address_space.h"
#include "askers.h"
#include "checked_calls.h"
#include "find_control.h"
#include "forge.h"
#include "fuzz/own_family.h"
#include "fuzz/program.h"
#include "glut.h"
#include "passing_threads.h"
#include "plain_io.h"
#include "progress.h"
#include "session.h"
#include "thread_slots.h"

#define WORKERS    8
#define HELD_LIMIT 100000
#define BYSTANDERS 4 /* threads that allocate as they should while another abuses its heap */

struct Worker {
    thread_t thread;
    signal_t begin, done;
    uint64_t seed, calls;
    volatile int endless;
    void (*volatile job)(unsigned index); /* to do instead of calls, or 0 */
    volatile uint32_t passed;             /* endless calls made */
    struct Caller caller;
};

static struct Worker workers[WORKERS];
static unsigned char *held[HELD_LIMIT];
static size_t held_bytes, held_count;
static unsigned loaded;

THREAD_BODY(work, argument) {
    struct Worker *worker = argument;
    for (;;) {
        uint64_t i, random;
        await_signal(&worker->begin);
        if (worker->job != 0) {
            worker->job((unsigned)(worker - workers));
            raise_signal(&worker->done);
            continue;
        }
        random = worker->seed;
        memset(&worker->caller.counts, 0, sizeof worker->caller.counts);
        for (i = 0; i < worker->calls; i++)
            one_call(&worker->caller, &random);
        while (worker->endless) {
            one_call(&worker->caller, &random);
            worker->passed++;
            note_progress();
        }
        empty_slots(&worker->caller);
        raise_signal(&worker->done);
    }
    THREAD_END;
}

static void begin(unsigned threads, uint64_t seed, uint64_t calls, int endless) {
    unsigned i;
    for (i = 0; i < threads; i++) {
        workers[i].seed = seed * 0x9e3779b97f4a7c15ull + i + 1;
        workers[i].calls = calls / threads;
        workers[i].endless = endless;
        raise_signal(&workers[i].begin);
    }
}

/* Lets so many threads do something at the same time and waits for all of them. */
static void all_do(void (*job)(unsigned index), unsigned threads) {
    unsigned i;
    for (i = 0; i < threads; i++) {
        workers[i].job = job;
        raise_signal(&workers[i].begin);
    }
    for (i = 0; i < threads; i++)
        await_signal(&workers[i].done);
    for (i = 0; i < threads; i++)
        workers[i].job = 0;
}

static void answer_counts(unsigned threads) {
    struct Counts sum = {0, 0, 0, 0, 0, 0};
    unsigned i;
    for (i = 0; i < threads; i++) {
        await_signal(&workers[i].done);
        add_counts(&sum, &workers[i].caller.counts);
    }
    say_counts(&sum);
    end_answer();
}

static void hold(size_t bytes, size_t count) {
    size_t i;
    held_bytes = bytes;
    held_count = count < HELD_LIMIT ? count : HELD_LIMIT;
    for (i = 0; i < held_count; i++) {
        held[i] = malloc(bytes);
        if (held[i] != 0)
            fill(held[i], bytes);
    }
    say_number("held", held_count);
    end_answer();
}

static void drop(void) {
    size_t i, corruptions = 0;
    for (i = 0; i < held_count; i++) {
        if (held[i] != 0 && !is_intact(held[i], held_bytes, mark_of(held[i])))
            corruptions++;
        free(held[i]);
    }
    say_number("dropped", held_count);
    say_number("corruptions", corruptions);
    end_answer();
    held_count = 0;
}

static void answer_counters(void) {
    static struct PoolSnapshot snapshot;
    if (!read_own_counters(&snapshot)) {
        say("none");
        end_answer();
        return;
    }
#define SAY_NUMBER(name) say_number(#name, snapshot.name);
    POOL_STAT_FIELDS(SAY_NUMBER)
    end_answer();
}

/* Only for a pool: a CRT of its own would end the program. The others keep away from blocks with
 * pages of their own, which one that grows has above half of the largest small size, so that nobody
 * gets one that is freed for a second time. They can't go on without end in a pool that never
 * reuses. */
static void abuse(uint64_t seed, uint64_t count) {
    struct Counts sum = {0, 0, 0, 0, 0, 0};
    unsigned i;
    start_accomplice();
    if (!find_pool()) {
        say("none");
        end_answer();
        return;
    }
    largest_bytes = SMALL_MOST / 2;
    begin_progress();
    begin(BYSTANDERS, seed, pool.bumps ? 4 * count : 0, !pool.bumps);
    abuse_heap(seed, count);
    for (i = 0; i < BYSTANDERS; i++) {
        workers[i].endless = 0;
        await_signal(&workers[i].done);
        add_counts(&sum, &workers[i].caller.counts);
    }
    largest_bytes = LARGEST_BYTES;
    ledger.frees += sum.frees;
    ledger.reallocs += sum.reallocs;
    ledger.corruptions += sum.corruptions;
    if (pool.bumps)
        ledger.ignored += sum.frees;
    say_ledger();
    end_answer();
}

static void start_load(void) {
    begin_progress();
    begin(WORKERS, 1, 0, 1);
    loaded = WORKERS;
    say("loaded");
    end_answer();
}

static void await_calls(uint32_t calls) {
    uint32_t before[WORKERS];
    unsigned i;
    for (i = 0; i < loaded; i++)
        before[i] = workers[i].passed;
    for (i = 0; i < loaded; i++)
        while (workers[i].passed - before[i] < calls)
            sleep_ms(1);
    say("passed");
    end_answer();
}

static void end_load(void) {
    unsigned i;
    for (i = 0; i < loaded; i++)
        workers[i].endless = 0;
    answer_counts(loaded);
    loaded = 0;
}

static void run_fuzz(uint64_t seed, uint64_t steps, unsigned threads) {
    struct FuzzCounts counts;
    if (fuzz_family_count == 0)
        fuzz_find_families();
    fuzz_open(seed, steps, threads);
    while (fuzz_next_round())
        all_do(fuzz_part, threads);
    counts = fuzz_close();
    say_number("steps", counts.steps);
    say_number("mallocs", counts.made);
    say_number("callocs", 0);
    say_number("reallocs", counts.reallocs);
    say_number("moved", counts.moved);
    say_number("frees", counts.frees);
    say_number("corruptions", counts.corruptions);
    say_number("wrong", counts.wrong);
    end_answer();
}

static void answer_session(void) {
    struct SessionCounts counts = session_counts();
    say_number("operations", counts.operations);
    say_number("mallocs", counts.mallocs);
    say_number("callocs", counts.callocs);
    say_number("reallocs", counts.reallocs);
    say_number("moved", counts.moved);
    say_number("frees", counts.frees);
    say_number("corruptions", counts.corruptions);
    end_answer();
}

static void run_session(uint64_t seed, uint64_t operations) {
    session_begin(seed, operations);
    all_do(session_share, SESSION_THREADS);
    answer_session();
}

static void answer_fault(void) {
    if (!fuzz_fault.noted) {
        say("none");
        end_answer();
        return;
    }
    say_number("seed", fuzz_fault.seed);
    say_number("thread", fuzz_fault.thread);
    say_number("step", fuzz_fault.step);
    say_number("size", fuzz_fault.size);
    say_number("old_size", fuzz_fault.old_size);
    say_number("at", (uintptr_t)fuzz_fault.at);
    say(fuzz_fault.call);
    say(": ");
    say(fuzz_fault.what);
    end_answer();
}

static int obey(const char *order) {
    uint64_t number[3];
    unsigned count = read_numbers(order, number, 3);
    if (is_order(order, "work") && count == 3) {
        unsigned threads = number[2] < WORKERS ? (unsigned)number[2] : WORKERS;
        begin(threads, number[0], number[1], 0);
        answer_counts(threads);
    } else if (is_order(order, "fuzz") && count == 3)
        run_fuzz(number[0], number[1], number[2] < WORKERS ? (unsigned)number[2] : WORKERS);
    else if (is_order(order, "fault"))
        answer_fault();
    else if (is_order(order, "session") && count == 2)
        run_session(number[0], number[1]);
    else if (is_order(order, "leave")) {
        session_leave();
        answer_session();
    } else if (is_order(order, "relay") && count == 3) {
        struct Counts counts = relay(number[0], number[1], (unsigned)number[2]);
        say_counts(&counts);
        end_answer();
    } else if (is_order(order, "crowd") && count == 3) {
        struct Counts counts = crowd(number[0], number[1], (unsigned)number[2]);
        say_counts(&counts);
        end_answer();
    } else if (is_order(order, "slots")) {
        say_number("slots", take_thread_slots());
        end_answer();
    } else if (is_order(order, "hold") && count == 2)
        hold((size_t)number[0], (size_t)number[1]);
    else if (is_order(order, "pid")) {
        say_number("pid", process_id());
        end_answer();
    } else if (is_order(order, "ask") && count == 2) {
        ask_for_both(number[0], number[1]);
        say("asked");
        end_answer();
    } else if (is_order(order, "drop"))
        drop();
    else if (is_order(order, "counters"))
        answer_counters();
    else if (is_order(order, "abuse") && count == 2)
        abuse(number[0], number[1]);
    else if (is_order(order, "fill") && count == 1) {
        let_glut(take_all, number[0], GLUTTONS);
        end_answer();
    } else if (is_order(order, "empty") && count == 1) {
        let_glut(give_all, number[0], GLUTTONS);
        end_answer();
    } else if (is_order(order, "demand") && count == 2) {
        demanded_bytes = number[0];
        demanded_times = number[1];
        let_glut(demand, 1, 1);
        end_answer();
    } else if (is_order(order, "hoard")) {
        say_number("megabytes", hoard_address_space());
        end_answer();
    } else if (is_order(order, "unhoard")) {
        release_address_space();
        say("released");
        end_answer();
    } else if (is_order(order, "load"))
        start_load();
    else if (is_order(order, "pass") && count == 1)
        await_calls((uint32_t)number[0]);
    else if (is_order(order, "rest"))
        end_load();
    else if (is_order(order, "stall")) {
        say_number("longest_us", take_longest_us());
        say_number("patch_us", patch_us);
        end_answer();
    } else if (is_order(order, "forge")) {
        static char kind[64];
        unsigned length = 0;
        const char *from = order + 5;
        while (*from == ' ')
            from++;
        while (from[length] > ' ' && length + 1 < sizeof kind) {
            kind[length] = from[length];
            length++;
        }
        kind[length] = 0;
        forge(kind, count > 0 ? number[0] : 0);
        say("forged");
        end_answer();
    } else if (is_order(order, "precious")) {
        say_number("precious", (uint64_t)is_precious());
        end_answer();
    } else if (is_order(order, "vast")) {
        say_number("vast", (uint64_t)take_vast_space());
        end_answer();
    } else if (is_order(order, "unforge")) {
        unforge();
        say("unforged");
        end_answer();
    } else if (is_order(order, "sleep") && count == 1) {
        sleep_ms((unsigned)number[0]);
        say("slept");
        end_answer();
    } else if (is_order(order, "quit"))
        return 0;
    else {
        say("unknown order");
        end_answer();
    }
    return 1;
}

int main(void) {
    static char order[256];
    unsigned i;
    for (i = 0; i < WORKERS; i++) {
        create_signal(&workers[i].begin);
        create_signal(&workers[i].done);
        start_thread(&workers[i].thread, work, &workers[i]);
    }
    say("ready");
    end_answer();
    while (read_order(order, sizeof order) && obey(order)) {
    }
    return 0;
}
