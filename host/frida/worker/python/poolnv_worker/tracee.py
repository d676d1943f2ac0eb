"""A thread traced by ptrace. Only the thread of ours that attached may use it."""

from __future__ import annotations

import copy
import ctypes
import os
import signal
import time

SEIZE, INTERRUPT, CONT, SYSCALL, DETACH = 0x4206, 0x4207, 7, 24, 17
GETREGS, SETREGS = 12, 13
OPTION_TRACESYSGOOD = 1
EVENT_STOP = 128
WALL = 0x40000000
CALL_STOP = signal.SIGTRAP | 0x80
# Code segment of a thread in 32-bit mode on a 64-bit kernel (arch/x86/include/asm/segment.h, __USER32_CS).
CODE_SEGMENT_32BIT = 0x23

# How long a thread may take to stop: the parent of a vfork, for one, does not stop before its child has called exec.
STOP_SECONDS = 5.0
POLL_SECONDS = 0.0001


class Unstoppable(Exception):
    """The thread has ended, was stopped by a signal, or does not stop in time."""


class Registers(ctypes.Structure):
    """`struct user_regs_struct` of x86-64, in which a 64-bit tracer sees 32-bit threads too."""

    _fields_ = [
        (name, ctypes.c_ulonglong)
        for name in (
            "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss "
            "fs_base gs_base ds es fs gs"
        ).split()
    ]

    @property
    def is_32bit(self) -> bool:
        return bool(self.cs == CODE_SEGMENT_32BIT)

    def copy(self) -> Registers:
        return copy.copy(self)


class Tracee:
    def __init__(self, tid: int) -> None:
        self._tid = tid
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self._libc.ptrace.restype = ctypes.c_long
        self._stopped = False

    @classmethod
    def seize(cls, tid: int) -> Tracee:
        """Raises OSError if we may not. The thread continues to run."""
        tracee = cls(tid)
        tracee._ptrace(SEIZE, OPTION_TRACESYSGOOD)
        return tracee

    def stop(self) -> None:
        """Signals that come meanwhile are delivered to the thread. Raises OSError, Unstoppable."""
        if self._stopped:
            return
        end = time.monotonic() + STOP_SECONDS
        self._ptrace(INTERRUPT)
        while True:
            number, event = self._next_stop(end)
            if event == EVENT_STOP and number == signal.SIGTRAP:
                return
            if event == EVENT_STOP:
                raise Unstoppable("stopped by a signal")
            self.resume(0 if number == CALL_STOP else number)
            self._ptrace(INTERRUPT)

    def run_to_call(self, end: float) -> bool:
        """From a stop to the beginning of the next system call, or to its end. False: it made none until `end`."""
        self._continue(SYSCALL, 0)
        while True:
            try:
                number, event = self._next_stop(end)
            except Unstoppable:
                if time.monotonic() < end:
                    raise
                self.stop()
                return False
            if number == CALL_STOP:
                return True
            self._continue(SYSCALL, 0 if event else number)

    def resume(self, number: int = 0) -> None:
        """Delivers the signal `number`, if it is not 0."""
        self._continue(CONT, number)

    def detach(self) -> None:
        """Never fails: a thread that has ended needs none, and one that does not stop is detached when we exit."""
        try:
            self.stop()
        except (OSError, Unstoppable):
            pass
        try:
            self._ptrace(DETACH)
        except OSError:
            pass

    def registers(self) -> Registers:
        registers = Registers()
        self._ptrace(GETREGS, ctypes.addressof(registers))
        return registers

    def set_registers(self, registers: Registers) -> None:
        self._ptrace(SETREGS, ctypes.addressof(registers))

    def _continue(self, request: int, number: int) -> None:
        self._stopped = False
        self._ptrace(request, number)

    def _next_stop(self, end: float) -> tuple[int, int]:
        """The signal and the event of the next stop."""
        while time.monotonic() < end:
            pid, status = os.waitpid(self._tid, os.WNOHANG | WALL)
            if pid == 0:
                time.sleep(POLL_SECONDS)
            elif os.WIFSTOPPED(status):
                self._stopped = True
                return os.WSTOPSIG(status), status >> 16
            else:
                raise Unstoppable("ended")
        raise Unstoppable("does not stop")

    def _ptrace(self, request: int, data: int = 0) -> None:
        if self._libc.ptrace(request, self._tid, None, data) == -1:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
