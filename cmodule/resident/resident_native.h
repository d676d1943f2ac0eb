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

/* Declared here, by names of their own: the C library's headers do not go together with the
 * kernel's. */
int native_thread_create(unsigned long *thread, const void *attributes, void *(*body)(void *),
                         void *argument) __asm__("pthread_create");
int native_thread_join(unsigned long thread, void **result) __asm__("pthread_join");
int native_thread_detach(unsigned long thread) __asm__("pthread_detach");
int native_attributes_init(void *attributes) __asm__("pthread_attr_init");
int native_attributes_set_stack(void *attributes,
                                unsigned long bytes) __asm__("pthread_attr_setstacksize");
int native_attributes_destroy(void *attributes) __asm__("pthread_attr_destroy");
int __libc_current_sigrtmin(void);
#define POOLNV_PTHREAD_CREATE            native_thread_create
#define POOLNV_PTHREAD_JOIN              native_thread_join
#define POOLNV_PTHREAD_DETACH            native_thread_detach
#define POOLNV_PTHREAD_ATTR_INIT         native_attributes_init
#define POOLNV_PTHREAD_ATTR_SETSTACKSIZE native_attributes_set_stack
#define POOLNV_PTHREAD_ATTR_DESTROY      native_attributes_destroy
#define POOLNV_SIGRTMIN                  __libc_current_sigrtmin

/* Of a program that has looked it up; NULL if the C library has none. */
extern int *native_thread_count;
#define POOLNV_NPTL_NTHREADS             native_thread_count
#endif

#endif
