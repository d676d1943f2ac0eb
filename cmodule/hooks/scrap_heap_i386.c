/* SPDX-License-Identifier: MIT */
/* The entries of scrap heaps on i386. The fast path is for the owner of the heap's record, with the
 * record in its first way, within the newest chunk; it needs no lock because no other thread uses
 * that line (scrap_heap.h). */
#include "fast.h"
#include "scrap_heap.h"

#if defined(__i386__) && defined(ORIGINAL_scrap_allocate)

#ifdef POOL_FAST_I386

/* edx: offset of the record. Offsets in the region are accessed as AT and a register. */
#define RECORD_0        POOL_TEXT(POOLNV_CONTROL) "+0x4C0000"
#define KEY             RECORD_0 "(%edx)"
#define OWNER           RECORD_0 "+4(%edx)"
#define FREE            RECORD_0 "+8(%edx)"
#define END             RECORD_0 "+12(%edx)"
#define LAST            RECORD_0 "+16(%edx)"
#define CHUNK           RECORD_0 "+20(%edx)"
#define CHUNK_KEY       RECORD_0 "+24(%edx)"
#define SCRAP_ALLOCS    RECORD_0 "+32(%edx)"
#define SCRAP_ALLOCS_HI RECORD_0 "+36(%edx)"
#define AT              FAST_REGION
#define BELOW           POOL_TEXT(POOLNV_CONTROL) "+0x4D0008"

_Static_assert(POOL_SCRAP_OFFSET == 0x4C0000 && POOL_TABLE_OFFSET == 0x4D0000, "RECORD_0, BELOW");
_Static_assert(offsetof(struct PoolPage, next) == 8 && sizeof(struct PoolPage) == 32, "BELOW");
_Static_assert(sizeof(struct ScrapRecord) == 80, "FIND");
_Static_assert(POOL_HASH_FACTOR == 0x9E3779B1u && SCRAP_HASH == 23u, "FIND");
_Static_assert(offsetof(struct ScrapRecord, own) == 8, "FREE");
_Static_assert(offsetof(struct ScrapRecord, own.last) == 16, "LAST");
_Static_assert(offsetof(struct ScrapRecord, own.chunk_key) == 24, "CHUNK_KEY");
_Static_assert(offsetof(struct ScrapRecord, own.allocs) == 32, "SCRAP_ALLOCS");
_Static_assert(SCRAP_LIVE == 0x5C4A9B1Eu && SCRAP_FREED == 0xA7B562E1u, "below");

/* Jumps to 9 if the thread does not own the record of the object in ecx. Clobbers eax. */
#define FIND                                                                                       \
    "  movl %ecx, %edx\n"                                                                          \
    "  shrl $4, %edx\n"                                                                            \
    "  imull $0x9E3779B1, %edx, %edx\n"                                                            \
    "  shrl $23, %edx\n"                                                                           \
    "  leal (%edx,%edx,4), %edx\n"                                                                 \
    "  shll $4, %edx\n"                                                                            \
    "  cmpl %ecx, " KEY "\n"                                                                       \
    "  jne 9f\n"                                                                                   \
    "  movl " POOL_SELF_PLACE ", %eax\n"                                                           \
    "  cmpl %eax, " OWNER "\n"                                                                     \
    "  jne 9f\n"

/* eax: offset of the next header, then the header before, then the block. ecx: the header, once the
 * slow path is no longer possible. */
__asm__(THISCALL_ENTRY("scrap_allocate") FIND "  cmpl $16, 8(%esp)\n"
                                              "  ja 9f\n"
                                              "  movl 4(%esp), %eax\n"
                                              "  testl %eax, %eax\n"
                                              "  jz 9f\n"
                                              "  cmpl " FAST_STATE ", %eax\n"
                                              "  jae 9f\n"
                                              "  addl $31, %eax\n"
                                              "  andl $-16, %eax\n"
                                              "  addl " FREE ", %eax\n"
                                              "  cmpl " END ", %eax\n"
                                              "  ja 9f\n"
                                              "  movl " FREE ", %ecx\n"
                                              "  movl %eax, " FREE "\n"
                                              "  movl " LAST ", %eax\n"
                                              "  movl %ecx, " LAST "\n"
                                              "  incl " SCRAP_ALLOCS "\n"
                                              "  jz 8f\n"
                                              "1:\n"
                                              "  movl %eax, " AT "+4(%ecx)\n"
                                              "  xorl " CHUNK_KEY ", %eax\n"
                                              "  movl 4(%esp), %edx\n"
                                              "  movl %edx, " AT "(%ecx)\n"
                                              "  xorl %edx, %eax\n"
                                              "  leal " AT "+16(%ecx), %ecx\n"
                                              "  xorl %ecx, %eax\n"
                                              "  movl %eax, -8(%ecx)\n"
                                              "  movl $0x5C4A9B1E, -4(%ecx)\n"
                                              "  movl %ecx, %eax\n"
                                              "  ret $8\n"
                                              "8:\n"
                                              "  incl " SCRAP_ALLOCS_HI "\n"
                                              "  jmp 1b\n"
                                              "9:\n" THISCALL_LEAVE_2("scrap_allocate"));

/* For the newest block of the line, if the one before it is live. eax: its header. Jumps to 9 after
 * ecx has changed are for pool blocks, for which `this` does not matter. */
__asm__(THISCALL_ENTRY("scrap_free") FIND "  movl 4(%esp), %eax\n"
                                          "  leal -16-" AT "(%eax), %eax\n"
                                          "  testl %eax, %eax\n"
                                          "  jz 9f\n"
                                          "  cmpl " LAST ", %eax\n"
                                          "  jne 9f\n"
                                          "  cmpl $0x5C4A9B1E, " AT "+12(%eax)\n"
                                          "  jne 9f\n"
                                          "  movl " AT "(%eax), %ecx\n"
                                          "  xorl " AT "+4(%eax), %ecx\n"
                                          "  xorl " AT "+8(%eax), %ecx\n"
                                          "  xorl " CHUNK_KEY ", %ecx\n"
                                          "  cmpl 4(%esp), %ecx\n"
                                          "  jne 9f\n"
                                          "  movl " AT "+4(%eax), %ecx\n"
                                          "  testl %ecx, %ecx\n"
                                          "  jz 2f\n"
                                          "  cmpl $0x5C4A9B1E, " AT "+12(%ecx)\n"
                                          "  jne 9f\n"
                                          "  movl %ecx, " LAST "\n"
                                          "  movl %eax, " FREE "\n"
                                          "1:\n"
                                          "  movl $0xA7B562E1, " AT "+12(%eax)\n"
                                          "  ret $4\n"
                                          "2:\n" /* the chunk is empty now; another below it? */
                                          "  movl " CHUNK ", %ecx\n"
                                          "  shrl $8, %ecx\n"
                                          "  cmpl $0, " BELOW "(%ecx)\n"
                                          "  jne 9f\n"
                                          "  shll $8, %ecx\n"
                                          "  movl %ecx, " FREE "\n"
                                          "  movl $0, " LAST "\n"
                                          "  jmp 1b\n"
                                          "9:\n" THISCALL_LEAVE_1("scrap_free"));

#else

__asm__(THISCALL_ENTRY("scrap_allocate") THISCALL_LEAVE_2("scrap_allocate"));
__asm__(THISCALL_ENTRY("scrap_free") THISCALL_LEAVE_1("scrap_free"));

#endif

__asm__(THISCALL_ENTRY("scrap_init_fixed") THISCALL_LEAVE_0("scrap_init_fixed"));
__asm__(THISCALL_ENTRY("scrap_init") THISCALL_LEAVE_1("scrap_init"));
__asm__(THISCALL_ENTRY("scrap_purge") THISCALL_LEAVE_0("scrap_purge"));

#endif
