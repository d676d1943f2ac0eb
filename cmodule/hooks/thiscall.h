/* SPDX-License-Identifier: MIT */
/* Members of the game's classes (thiscall): `this` in ecx, arguments on the stack, popped by the
 * callee. TinyCC does not support it. On i386 both directions are assembly: a replacement is an
 * entry that calls a C function as cdecl, and an original with n arguments is called by
 * thiscall_<n>. On other machines, in tests, all of them are plain functions.
 *
 * An original is ORIGINAL_game_<name> or ORIGINAL_scrap_<name>: the address that calls the unhooked
 * member, or 0 if it is not hooked or must not be called. Without those macros the text has no such
 * layer. */
#ifndef POOLNV_THISCALL_H
#define POOLNV_THISCALL_H

#include <stdint.h>

#ifdef __i386__
#define THISCALL_SLOW(name) name##_slow
uintptr_t thiscall_0(uintptr_t original, void *self);
uintptr_t thiscall_1(uintptr_t original, void *self, uintptr_t first);
uintptr_t thiscall_2(uintptr_t original, void *self, uintptr_t first, uintptr_t second);
uintptr_t thiscall_3(uintptr_t original, void *self, uintptr_t first, uintptr_t second,
                     uintptr_t third);
#else
#define THISCALL_SLOW(name)        replace_##name
#define thiscall_0(original, self) (((uintptr_t(*)(void *))(original))(self))
#define thiscall_1(original, self, first)                                                          \
    (((uintptr_t(*)(void *, uintptr_t))(original))((self), (first)))
#define thiscall_2(original, self, first, second)                                                  \
    (((uintptr_t(*)(void *, uintptr_t, uintptr_t))(original))((self), (first), (second)))
#define thiscall_3(original, self, first, second, third)                                           \
    (((uintptr_t(*)(void *, uintptr_t, uintptr_t, uintptr_t))(original))((self), (first),          \
                                                                         (second), (third)))
#endif

/* Entries in assembly, by the number of their arguments. The padding keeps the stack aligned to 16
 * bytes, which Linux compilers rely on. */
#define THISCALL_ENTRY(name) ".globl replace_" name "\nreplace_" name ":\n"
#define THISCALL_LEAVE_0(name)                                                                     \
    "  subl $8, %esp\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_slow\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret\n"
#define THISCALL_LEAVE_1(name)                                                                     \
    "  subl $4, %esp\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_slow\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret $4\n"
#define THISCALL_LEAVE_2(name)                                                                     \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_slow\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret $8\n"

#endif
