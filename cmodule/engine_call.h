/* SPDX-License-Identifier: MIT */
/* Members of the game's classes: `this` in ecx, arguments on the stack, taken off by the callee
 * (thiscall, which TinyCC does not speak). On i386 both ways across are assembly: a replacement is
 * an entry that calls the C behind it as cdecl, and an original is called by engine_call_<n>, n
 * being its arguments. Elsewhere, in tests, all of them are plain functions.
 *
 * An original is ORIGINAL_game_<name> or ORIGINAL_scrap_<name>: the way to the unhooked member, or
 * 0 where it is not hooked or must not be called. A copy of this text without those macros has no
 * such layer. */
#ifndef POOLNV_ENGINE_CALL_H
#define POOLNV_ENGINE_CALL_H

#include "pool.h"

#ifdef __i386__
#define ENGINE_COLD(name) name##_cold
uintptr_t engine_call_0(uintptr_t original, void *self);
uintptr_t engine_call_1(uintptr_t original, void *self, uintptr_t first);
uintptr_t engine_call_2(uintptr_t original, void *self, uintptr_t first, uintptr_t second);
uintptr_t engine_call_3(uintptr_t original, void *self, uintptr_t first, uintptr_t second,
                        uintptr_t third);
#else
#define ENGINE_COLD(name)             replace_##name
#define engine_call_0(original, self) (((uintptr_t(*)(void *))(original))(self))
#define engine_call_1(original, self, first)                                                       \
    (((uintptr_t(*)(void *, uintptr_t))(original))((self), (first)))
#define engine_call_2(original, self, first, second)                                               \
    (((uintptr_t(*)(void *, uintptr_t, uintptr_t))(original))((self), (first), (second)))
#define engine_call_3(original, self, first, second, third)                                        \
    (((uintptr_t(*)(void *, uintptr_t, uintptr_t, uintptr_t))(original))((self), (first),          \
                                                                         (second), (third)))
#endif

/* Entries of assembly, by the number of their arguments. The padding keeps the stack aligned to 16
 * bytes, which compilers of Linux count on. */
#define ENGINE_ENTRY(name) ".globl replace_" name "\nreplace_" name ":\n"
#define ENGINE_LEAVE_0(name)                                                                       \
    "  subl $8, %esp\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_cold\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret\n"
#define ENGINE_LEAVE_1(name)                                                                       \
    "  subl $4, %esp\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_cold\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret $4\n"
#define ENGINE_LEAVE_2(name)                                                                       \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl 8(%esp)\n"                                                                            \
    "  pushl %ecx\n"                                                                               \
    "  call " name "_cold\n"                                                                       \
    "  addl $12, %esp\n"                                                                           \
    "  ret $8\n"

#endif
