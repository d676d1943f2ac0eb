/* SPDX-License-Identifier: MIT */
/* The resident's variables, which are in Resident.own: its code, with everything static in it, is
 * memory that can't be written to. And what its files ask of one another. */
#ifndef POOLNV_RESIDENT_STATE_H
#define POOLNV_RESIDENT_STATE_H

#include "system.h"

/* The agent defines it, with the addresses of the system's functions, in front of the text. */
#ifndef POOLNV_RESIDENT
#include "resident_native.h"
#endif

/* The pool's functions, as the control block named them when the thread started. */
struct ResidentPool {
    void (*snapshot)(struct PoolSnapshot *out);
    uint32_t (*set_active)(uint32_t active);
    uint64_t (*reset)(void);
    int32_t (*write_hooks)(void);
    uint32_t (*main_thread)(uint32_t op, uint32_t ticket, const char *text); /* or NULL */
    uint32_t (*sampler_start)(uint32_t sample_interval);
    void (*sampler_read)(void *page, uint32_t from);
    uint32_t (*sampler_tick)(void); /* or NULL */
};

/* Times are those of system_milliseconds(). */
struct ResidentMonitors {
    uint64_t fallbacks;      /* that are logged */
    uint64_t committed;      /* at the last tick */
    uint32_t is_running;     /* 1 once the hooks are written */
    uint32_t ticked_at;      /* RESIDENT_TICK_MS ago at most */
    uint32_t slow_ticked_at; /* RESIDENT_SLOW_TICK_MS ago at most */
    uint32_t grew_at;        /* or was trimmed at */
    uint32_t space_logged;   /* mark of the last address-space warning, in tenths of a percent */
    uint32_t has_space;      /* 1 if `space` is filled in */
    uint32_t space_at;       /* when it was measured */
    uint32_t unused;
};

/* Written by the threads that raise exceptions. A forked child inherits handlers and records. */
struct ResidentRecords {
    uint32_t is_watching; /* 1 once the handlers are installed */
    uint32_t taken;       /* places in `seen`, may exceed the limit */
    uint32_t asked_at;    /* when a host asked last */
    uint32_t unused;
    struct ResidentSeen seen[RESIDENT_EXCEPTION_LIMIT]; /* `unused` is 1 in those that are filled */
};

struct ResidentOwn {
    uint32_t started_pid; /* process in which the thread was started last */
    uint32_t unused;
    struct ResidentPool pool;
    struct ResidentMonitors monitors;
    struct ResidentRecords records;
    struct ResidentSnapshot space; /* without `pool` */
    struct MailboxBody body;       /* copy of the request that is being answered */
    uint64_t system[96];           /* variables of linux.c or windows.c */
};

_Static_assert(sizeof(struct ResidentOwn) <= sizeof(((struct Resident *)0)->own),
               "the variables fit");

/* TinyCC miscompiles accesses to constant addresses above 4 GB, see platform/tinycc.h. */
static inline struct Resident *resident_state(void) {
    struct Resident *state = (struct Resident *)(uintptr_t)POOLNV_RESIDENT;
    return state;
}
static inline struct ResidentOwn *resident_own(void) {
    return (struct ResidentOwn *)(void *)resident_state()->own;
}
static inline struct PoolControl *resident_control(void) {
    return (struct PoolControl *)(uintptr_t)resident_state()->control;
}

/* Between threads. x86 keeps loads in order, and stores. */
#ifdef __TINYC__
#define RESIDENT_LOAD(word)         (*(volatile uint32_t *)&(word))
#define RESIDENT_STORE(word, value) (*(volatile uint32_t *)&(word) = (value))

static inline uint32_t resident_add(uint32_t *word, uint32_t amount) {
    __asm__ __volatile__("lock; xaddl %0, %1" : "+r"(amount), "+m"(*word) : : "memory", "cc");
    return amount;
}
static inline int resident_swap_if(uint32_t *word, uint32_t expected, uint32_t desired) {
    uint32_t seen = expected;
    __asm__ __volatile__("lock; cmpxchgl %2, %1"
                         : "+a"(seen), "+m"(*word)
                         : "r"(desired)
                         : "memory", "cc");
    return seen == expected;
}
#else
#define RESIDENT_LOAD(word)         __atomic_load_n(&(word), __ATOMIC_ACQUIRE)
#define RESIDENT_STORE(word, value) __atomic_store_n(&(word), (value), __ATOMIC_RELEASE)

static inline uint32_t resident_add(uint32_t *word, uint32_t amount) {
    return __atomic_fetch_add(word, amount, __ATOMIC_ACQ_REL);
}
static inline int resident_swap_if(uint32_t *word, uint32_t expected, uint32_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}
#endif

/* ---- mailbox.c ---- */

/* Empties all slots: in a forked child they have the requests to its parent. */
void mailbox_open(void);

/* Answers the new requests in the memory mailbox. */
void mailbox_scan(void);

/* ---- requests.c ---- */

/* Carries out a request whose length is valid and replaces its data by those of the answer. Returns
 * an enum ResidentStatus. */
uint32_t resident_answer(struct MailboxBody *body);

/* ---- monitors.c ---- */

#define RESIDENT_SLOW_TICK_MS 10000u

/* Once the hooks are written. */
void monitors_start(void);

/* Does what is due. Returns the milliseconds until it is to be called again. */
uint32_t monitors_run(void);

/* As system_address_space(); measurements are reused for a second, because walking the ranges of a
 * large program takes milliseconds. */
void monitors_measure_space(struct ResidentSnapshot *out);

/* ---- exceptions.c ---- */

/* Fills in what was recorded, and notes that a host is asking. */
void resident_read_exceptions(struct ResidentExceptions *out);

#endif
