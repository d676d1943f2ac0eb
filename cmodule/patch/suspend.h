/* SPDX-License-Identifier: MIT */
/* Between patch.c and the system: suspend_linux.c or suspend_windows.c provides the first four
 * functions and calls the last two. */
#ifndef POOLNV_SUSPEND_H
#define POOLNV_SUSPEND_H

#include "patch.h"

/* The agent defines it, with the addresses of the system's functions, in front of the text. */
#ifndef POOLNV_PATCH_PLAN
#include "patch_native.h"
#endif

/* Between tries: long enough for a thread to leave a site. */
#define PATCH_PAUSE_NS 500000

/* Suspends every thread but the caller, calls pool_write_sites() if no thread is inside a site, and
 * resumes all. From the first suspension to the last resumption it takes no lock and calls only the
 * kernel, because a suspended thread may hold any lock. Returns an enum PatchStatus;
 * PATCH_THREADS_BUSY may be tried again. */
int32_t pool_suspend_and_write(struct PatchPlan *plan);

/* Makes the pages of all sites writable. On PATCH_NOT_WRITABLE some of them are: restore them. */
int32_t pool_unprotect_sites(struct PatchPlan *plan);

/* Gives the pages of all sites the protection that the plan names. */
void pool_restore_protection(struct PatchPlan *plan);

/* Sleeps for PATCH_PAUSE_NS. */
void pool_pause_between_tries(void);

/* Called with the threads suspended: PATCH_DONE or PATCH_SITE_CHANGED. */
int32_t pool_write_sites(struct PatchPlan *plan);

/* Whether a thread at this instruction is inside a site. At a site's first byte it is not: it
 * executes either the old or the new code. */
int pool_is_inside_site(const struct PatchPlan *plan, uint64_t instruction_pointer);

#endif
