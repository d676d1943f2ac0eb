/* SPDX-License-Identifier: MIT */
/* What the agent defines in front of the text, for a native program: the state is a variable of the
 * program, and the system's functions are those that it is linked with. */
#ifndef POOLNV_RESIDENT_NATIVE_H
#define POOLNV_RESIDENT_NATIVE_H

#include "resident.h"

#define POOLNV_RESIDENT_NATIVE 1

extern struct Resident native_resident;
#define POOLNV_RESIDENT (&native_resident)

#ifdef _WIN32
#define POOLNV_WINDOWS 1
#else
#define POOLNV_LINUX                     1

/* Declared here, not by the C library's headers, which do not go together with the kernel's. */
int pthread_create(unsigned long *thread, const void *attributes, void *(*body)(void *),
                   void *argument);
int pthread_join(unsigned long thread, void **result);
int pthread_detach(unsigned long thread);
int pthread_attr_init(void *attributes);
int pthread_attr_setstacksize(void *attributes, unsigned long bytes);
int pthread_attr_destroy(void *attributes);
int __libc_current_sigrtmin(void);
#define POOLNV_PTHREAD_CREATE            pthread_create
#define POOLNV_PTHREAD_JOIN              pthread_join
#define POOLNV_PTHREAD_DETACH            pthread_detach
#define POOLNV_PTHREAD_ATTR_INIT         pthread_attr_init
#define POOLNV_PTHREAD_ATTR_SETSTACKSIZE pthread_attr_setstacksize
#define POOLNV_PTHREAD_ATTR_DESTROY      pthread_attr_destroy
#define POOLNV_SIGRTMIN                  __libc_current_sigrtmin

/* Of a program that has looked it up; NULL if the C library has none. */
extern int *native_thread_count;
#define POOLNV_NPTL_NTHREADS             native_thread_count
#endif

#endif
