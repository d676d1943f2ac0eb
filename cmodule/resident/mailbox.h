/* SPDX-License-Identifier: MIT */
/* How hosts ask a living pool: a mailbox whose slots take one request each. The resident, a thread
 * in the program, answers.
 *
 * A host chooses a number and a slot at random, writes the body, then `request`, then wakes the
 * resident; the resident writes the body of the answer, then `answer`. Hosts that take one slot at
 * the same moment see it by the numbers, which the bodies repeat, and post again.
 *
 * Requests and answers are little-endian and the same in 32-bit and 64-bit processes. Codes and
 * structures are only ever added to, so that hosts and residents of different versions understand
 * one another; PoolControl.requests says what a resident answers. Both sides check everything. */
#ifndef POOLNV_MAILBOX_H
#define POOLNV_MAILBOX_H

#include <stdint.h>

#include "../stats.h"

#define MAILBOX_SLOTS      16u
#define MAILBOX_SLOT_BYTES 4096u
#define MAILBOX_DATA_BYTES (MAILBOX_SLOT_BYTES - 32u)
#define MAILBOX_MARK       0x424D564E4C4F4F50ull /* the bytes "POOLNVMB" */

struct MailboxBody {
    uint64_t number; /* as in MailboxSlot.request */
    uint32_t code;   /* enum ResidentRequest, or enum ResidentStatus of an answer */
    uint32_t bytes;  /* of data, at most MAILBOX_DATA_BYTES */
    uint8_t data[MAILBOX_DATA_BYTES];
};

struct MailboxSlot {
    uint64_t request; /* number of the request, 1 to 2^48 - 1; written last by the host */
    uint64_t answer; /* number of the request that the body answers; written last by the resident */
    struct MailboxBody body;
};

struct Mailbox {
    struct MailboxSlot slots[MAILBOX_SLOTS];
    uint64_t mark; /* MAILBOX_MARK: without it a host writes nothing */
    uint64_t self; /* address of the mailbox; in a file 0 */
};

_Static_assert(sizeof(struct MailboxSlot) == MAILBOX_SLOT_BYTES, "a public format");
_Static_assert(sizeof(struct Mailbox) == MAILBOX_SLOTS * MAILBOX_SLOT_BYTES + 16,
               "a public format");

/* X(name, number): what a host may ask. In brackets the data of the request and of the answer. */
#define RESIDENT_REQUESTS(X)                                                                       \
    X(FACTS, 1)         /* [] [struct PoolControl] */                                              \
    X(SNAPSHOT, 2)      /* [] [struct ResidentSnapshot, cut behind its last row in use] */         \
    X(SET_ACTIVE, 3)    /* [u32: 1 new allocations go to the pool] [u32: the new state] */         \
    X(RESET, 4)         /* [] [u64: bytes returned to the system] */                               \
    X(START_SAMPLER, 5) /* [u32: interval, 0 stops] [u32: interval in force] */                    \
    X(READ_SAMPLER, 6)  /* [u32: first row] [struct SamplerPage] */                                \
    X(MAIN_THREAD, 7)   /* [struct ResidentWork] [u32: what main_thread_queue returns] */          \
    X(GAME_STATE, 8)    /* [] [struct ResidentGameState] */                                        \
    X(LOG, 9)           /* [UTF-8 lines, each ended by \n] []: appends them, with time stamps */   \
    X(EXCEPTIONS, 10)   /* [u32: first] [struct ResidentExceptions]; the first call starts it */   \
    X(MODULES, 11)      /* [u32: first module] [struct ResidentModules]; Windows only */           \
    X(NAMESAKES, 12)    /* [] [u32 pids of other processes with the program's file name]; Windows  \
                           only */
#define RESIDENT_LAST_REQUEST 12u

enum ResidentRequest {
#define RESIDENT_ENUM(name, number) RESIDENT_##name = number,
    RESIDENT_REQUESTS(RESIDENT_ENUM)
};

/* The data of an answer is empty unless the status is RESIDENT_OK. */
enum ResidentStatus {
    RESIDENT_OK = 0,
    RESIDENT_UNKNOWN = 1, /* no such request: this resident is older than the host */
    RESIDENT_INVALID = 2, /* the data of the request has the wrong length or value */
    RESIDENT_UNAVAILABLE =
        3, /* not in this program: no game with a main-thread queue, not Windows */
};

struct ResidentSnapshot {
    uint64_t space_total;    /* bytes that a 32-bit program can address */
    uint64_t space_free;     /* of them, neither reserved nor in use */
    uint64_t largest_hole;   /* the largest free range */
    uint32_t has_space;      /* 0 in 64-bit programs: the three above are 0 */
    uint32_t is_lower_bound; /* 1 under Wine, which reports some free ranges as reserved */
    struct PoolSnapshot pool;
};

#define RESIDENT_TEXT_BYTES 512u

struct ResidentWork {
    uint32_t op;                    /* enum MainThreadOp */
    uint32_t ticket;                /* 0 if the operation takes none */
    char text[RESIDENT_TEXT_BYTES]; /* terminated; empty if the operation takes none */
};

enum ResidentLoading { RESIDENT_NOT_LOADING, RESIDENT_LOADING, RESIDENT_NO_SAVE_MANAGER };

struct ResidentGameState {
    uint32_t frames;  /* since the hooks, modulo 2^32 */
    uint32_t loading; /* enum ResidentLoading */
};

enum ResidentException {
    RESIDENT_ABORT = 1,
    RESIDENT_ACCESS_VIOLATION = 2,
    RESIDENT_ILLEGAL_INSTRUCTION = 3,
    RESIDENT_ARITHMETIC = 4,
};

#define RESIDENT_EXCEPTION_LIMIT 8u /* later ones are not recorded */

struct ResidentSeen {
    uint32_t kind; /* enum ResidentException */
    uint32_t unused;
    uint64_t address; /* of the instruction */
};

/* While a host asks at least every two seconds, a thread that raises an exception waits half a
 * second before its handling goes on, so that the host sees it before the program ends. */
struct ResidentExceptions {
    uint32_t count; /* recorded since the first request; the newest are in `seen` */
    uint32_t unused;
    struct ResidentSeen seen[RESIDENT_EXCEPTION_LIMIT];
};

/* Followed by `count` times a struct ResidentModule. */
struct ResidentModules {
    uint32_t count;
    uint32_t next; /* index of the next module, 0: this is the last page */
};

/* Followed by the path, in UTF-8, and zeros up to a multiple of 8 bytes. */
struct ResidentModule {
    uint64_t base;
    uint32_t bytes; /* of its image */
    uint32_t path_bytes;
};

#endif
