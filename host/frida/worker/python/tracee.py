"""A thread held by ptrace. One thread of ours holds it, always the same."""

import copy
import ctypes
import os
import signal
import time

SEIZE, INTERRUPT, CONT, SYSCALL, DETACH = 0x4206, 0x4207, 7, 24, 17
GETREGS, SETREGS = 12, 13
OPTION_TRACESYSGOOD = 1
EVENT_STOP = 128
WAIT_ALL = 0x40000000
CALL_STOP = signal.SIGTRAP | 0x80
# Code segment of a thread in 32-bit mode on a 64-bit kernel (arch/x86/include/asm/segment.h, __USER32_CS).
CODE_SEGMENT_32BIT = 0x23

# How long a thread may take to come to its stop: a parent of a vfork, for one, does not stop before its child is on its way.
STOP_SECONDS = 5.0
LOOK_SECONDS = 0.0001


class Unstoppable(Exception):
    """The thread has ended, is stopped by somebody else, or does not come to its stop."""


class Registers(ctypes.Structure):
    """`struct user_regs_struct` of x86-64, in which a 64-bit tracer sees 32-bit threads too."""

    _fields_ = [
        (name, ctypes.c_ulonglong)
        for name in (
            "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs"
        ).split()
    ]

    @property
    def is_32bit(self):
        return self.cs == CODE_SEGMENT_32BIT

    def copy(self):
        return copy.copy(self)


class Tracee:
    def __init__(self, tid):
        self._tid = tid
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self._libc.ptrace.restype = ctypes.c_long
        self._stopped = False

    @classmethod
    def seize(cls, tid):
        """Raises OSError where we may not. The thread runs on."""
        tracee = cls(tid)
        tracee._ptrace(SEIZE, OPTION_TRACESYSGOOD)
        return tracee

    def stop(self):
        """Signals that come meanwhile reach the thread."""
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
            self.go_on(0 if number == CALL_STOP else number)
            self._ptrace(INTERRUPT)

    def run_to_call(self, end):
        """From a stop to the beginning of the next system call, or to its end. False: it makes none in time."""
        self._resume(SYSCALL, 0)
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
            self._resume(SYSCALL, 0 if event else number)

    def go_on(self, number=0):
        self._resume(CONT, number)

    def let_go(self):
        """Where it has ended there is nothing to let go of; where it does not stop, the kernel does it at our end."""
        try:
            self.stop()
        except (OSError, Unstoppable):
            pass
        try:
            self._ptrace(DETACH)
        except OSError:
            pass

    def registers(self):
        registers = Registers()
        self._ptrace(GETREGS, ctypes.addressof(registers))
        return registers

    def set_registers(self, registers):
        self._ptrace(SETREGS, ctypes.addressof(registers))

    def _resume(self, request, number):
        self._stopped = False
        self._ptrace(request, number)

    def _next_stop(self, end):
        while time.monotonic() < end:
            pid, status = os.waitpid(self._tid, os.WNOHANG | WAIT_ALL)
            if pid == 0:
                time.sleep(LOOK_SECONDS)
            elif os.WIFSTOPPED(status):
                self._stopped = True
                return os.WSTOPSIG(status), status >> 16
            else:
                raise Unstoppable("ended")
        raise Unstoppable("does not stop")

    def _ptrace(self, request, data=0):
        if self._libc.ptrace(request, self._tid, None, data) == -1:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
