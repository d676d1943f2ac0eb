/* Workloads that allocate as a game does. 70 % of the blocks have 16 to 64 bytes, 20 % up to 512, 8
 * % up to 4 KB, 2 % up to 256 KB; 80 % are freed within 64 operations, the rest after 100,000.
 * Every cache line of blocks of up to 512 bytes is written, of larger ones the first.
 *
 * mix: an operation is one malloc and the frees that have become due, one on average.
 * mix4: the same in four threads. A quarter of the frees is left to the neighbour, through a
 * mailbox of bounded size; a thread whose neighbour's mailbox is full frees the block itself. The
 * lifetimes count operations of all threads together, so that as much lives as in the mix of one
 * thread. */
#ifndef BENCH_MIX_H
#define BENCH_MIX_H

#include "blocks.h"
#include "workers.h"

#define MIX_THREADS   4
#define SHORT_LIFE    64
#define LONG_LIFE     100000
#define LONG_CAPACITY (1 << 15)
#define MAILBOX_SLOTS (1 << 13)
#define NO_BLOCK      0xffu

/* Written by one thread and read by another, each at its own end. */
struct Mailbox {
    uint32_t written __attribute__((aligned(LINE_BYTES)));
    uint32_t read __attribute__((aligned(LINE_BYTES)));
    void *block[MAILBOX_SLOTS] __attribute__((aligned(LINE_BYTES)));
};

struct LongLived {
    unsigned char *block;
    uint32_t due;
};

struct Mix {
    /* Of the last 64 steps: the block, and the next step whose block is due at the same time. */
    unsigned char *block[SHORT_LIFE];
    unsigned char next[SHORT_LIFE];
    unsigned char due[SHORT_LIFE];
    uint32_t oldest, newest;
    struct Mailbox *neighbour;
    uint32_t handed_over;
    struct LongLived lasting[LONG_CAPACITY];
} __attribute__((aligned(LINE_BYTES)));

static struct Mix mixes[MIX_THREADS];
static struct Mailbox mailboxes[MIX_THREADS];
static uint32_t mix_seed, mix_operations;

static inline uint32_t mixed_size(uint32_t random) {
    uint32_t dice = random & 1023, magnitude = random >> 10 & 16383;
    if (dice < 717)
        return size_between(16, 64, magnitude);
    if (dice < 922)
        return size_between(65, 512, magnitude);
    if (dice < 1004)
        return size_between(513, 4096, magnitude);
    return size_between(4097, 262144, magnitude);
}

static int post(struct Mailbox *mailbox, void *block) {
    uint32_t written = mailbox->written;
    if (written - __atomic_load_n(&mailbox->read, __ATOMIC_ACQUIRE) == MAILBOX_SLOTS)
        return 0;
    mailbox->block[written & (MAILBOX_SLOTS - 1)] = block;
    __atomic_store_n(&mailbox->written, written + 1, __ATOMIC_RELEASE);
    return 1;
}

static inline void empty_mailbox(struct Mailbox *mailbox) {
    uint32_t written = __atomic_load_n(&mailbox->written, __ATOMIC_ACQUIRE);
    if (mailbox->read == written)
        return;
    while (mailbox->read != written) {
        release_block(mailbox->block[mailbox->read & (MAILBOX_SLOTS - 1)]);
        __atomic_store_n(&mailbox->read, mailbox->read + 1, __ATOMIC_RELEASE);
    }
}

static inline void let_go(struct Mix *mix, unsigned char *block, int to_neighbour) {
    if (to_neighbour && mix->neighbour != 0 && post(mix->neighbour, block))
        mix->handed_over++;
    else
        release_block(block);
}

static inline void let_go_due(struct Mix *mix, uint32_t step, int to_neighbour) {
    unsigned now = step & (SHORT_LIFE - 1), node = mix->due[now];
    mix->due[now] = NO_BLOCK;
    for (; node != NO_BLOCK; node = mix->next[node])
        let_go(mix, mix->block[node], to_neighbour);
    if (mix->oldest != mix->newest) {
        struct LongLived *first = &mix->lasting[mix->oldest & (LONG_CAPACITY - 1)];
        if (first->due == step) {
            let_go(mix, first->block, to_neighbour);
            mix->oldest++;
        }
    }
}

static inline void keep_until(struct Mix *mix, unsigned char *block, uint32_t step, uint32_t fate,
                              uint32_t long_life) {
    if (fate >> 8 < 205) {
        unsigned now = step & (SHORT_LIFE - 1), then = (now + 1 + (fate & 63)) & (SHORT_LIFE - 1);
        mix->block[now] = block;
        mix->next[now] = mix->due[then];
        mix->due[then] = (unsigned char)now;
    } else {
        struct LongLived *last = &mix->lasting[mix->newest++ & (LONG_CAPACITY - 1)];
        last->block = block;
        last->due = step + long_life;
    }
}

/* To be called before the first run. */
static void clear_mix(void) {
    unsigned i;
    for (i = 0; i < MIX_THREADS; i++) {
        memset(mixes[i].due, NO_BLOCK, sizeof mixes[i].due);
        mixes[i].oldest = mixes[i].newest = 0;
        mixes[i].neighbour = 0;
        mailboxes[i].read = mailboxes[i].written;
    }
}

static inline void mix_operation(struct Mix *mix, uint32_t seed, uint32_t step,
                                 uint32_t long_life) {
    uint32_t random = hash_step(seed, step), fate = random * 0x9e3779b1u >> 16;
    uint32_t size = mixed_size(random);
    unsigned char *block;
    let_go_due(mix, step, (fate >> 6 & 3) == 0);
    block = allocate_block(size);
    if (size <= WHOLE_SMALL)
        write_block(block, size);
    else
        mark_block(block, size);
    keep_until(mix, block, step, fate, long_life);
}

static void mix(uint32_t seed, uint32_t operations) {
    uint32_t step;
    for (step = 0; step < operations; step++)
        mix_operation(&mixes[0], seed, step, LONG_LIFE);
}

static void mix_in_thread(unsigned index) {
    uint32_t step;
    for (step = 0; step < mix_operations; step++) {
        mix_operation(&mixes[index], mix_seed + index, step, LONG_LIFE / MIX_THREADS);
        empty_mailbox(&mailboxes[index]);
    }
}

static uint64_t blocks_handed_over(void) {
    uint64_t sum = 0;
    unsigned i;
    for (i = 0; i < MIX_THREADS; i++) {
        sum += mixes[i].handed_over;
        mixes[i].handed_over = 0;
    }
    return sum;
}

static void mix4(uint32_t seed, uint32_t operations) {
    unsigned i;
    mix_seed = seed;
    mix_operations = operations / MIX_THREADS;
    for (i = 0; i < MIX_THREADS; i++)
        mixes[i].neighbour = &mailboxes[(i + 1) % MIX_THREADS];
    work_in_threads(MIX_THREADS, mix_in_thread);
}

/* Whatever lives: with its lifetime before it, or in a mailbox. */
static void each_mixed(void (*each)(unsigned char *block, struct Plateau *plateau),
                       struct Plateau *plateau) {
    unsigned i, now, node;
    uint32_t at;
    for (i = 0; i < MIX_THREADS; i++) {
        struct Mix *mix = &mixes[i];
        struct Mailbox *mailbox = &mailboxes[i];
        for (now = 0; now < SHORT_LIFE; now++)
            for (node = mix->due[now]; node != NO_BLOCK; node = mix->next[node])
                each(mix->block[node], plateau);
        for (at = mix->oldest; at != mix->newest; at++)
            each(mix->lasting[at & (LONG_CAPACITY - 1)].block, plateau);
        for (at = mailbox->read; at != mailbox->written; at++)
            each(mailbox->block[at & (MAILBOX_SLOTS - 1)], plateau);
    }
}

static void inspect_one(unsigned char *block, struct Plateau *plateau) {
    inspect_block(block, plateau);
}

static void release_one(unsigned char *block, struct Plateau *plateau) {
    (void)plateau;
    release_block(block);
}

static void inspect_mix(struct Plateau *plateau) { each_mixed(inspect_one, plateau); }

static void release_mix(void) {
    each_mixed(release_one, 0);
    clear_mix();
}

#endif
