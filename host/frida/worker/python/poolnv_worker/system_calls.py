"""The system call in which a thread was stopped. Numbers are of the kernel's syscall_64.tbl and syscall_32.tbl."""

from __future__ import annotations

from .tracee import Registers

# brk, mmap, munmap, mremap, madvise, mprotect, open, openat: the calls that an allocator makes while it holds its lock.
ALLOCATING_64 = {12, 9, 11, 25, 28, 10, 2, 257}
# The same, mmap2 beside mmap.
ALLOCATING_32 = {45, 90, 192, 91, 163, 219, 125, 5, 295}
RESTART_CALL_64, RESTART_CALL_32 = 219, 0

# The kernel's own results of a call that is to be restarted (include/linux/errno.h); the last of them by another call.
ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK = 512, 513, 514, 516
ENOSYS = 38
# The instructions `syscall` and `int 0x80`: two bytes each.
CALL_BYTES = 2


def call_of(registers: Registers) -> int | None:
    """Its number, or None if the thread was in none."""
    number = registers.orig_rax & 0xFFFFFFFF
    return None if number == 0xFFFFFFFF else number


def allocates(call: int | None, registers: Registers) -> bool:
    return call in (ALLOCATING_32 if registers.is_32bit else ALLOCATING_64)


def restarted(registers: Registers) -> Registers:
    """
    A copy of the registers with which the thread restarts the interrupted call, as the kernel would have done, and with
    which the kernel treats it as in no call.
    """
    back = registers.copy()
    call = call_of(registers)
    if call is None:
        return back
    result = (registers.rax & 0xFFFFFFFF) - (1 << 32)
    if result in (-ERESTARTSYS, -ERESTARTNOINTR, -ERESTARTNOHAND, -ENOSYS):
        back.rip -= CALL_BYTES
        back.rax = call
    elif result == -ERESTART_RESTARTBLOCK:
        back.rip -= CALL_BYTES
        back.rax = RESTART_CALL_32 if registers.is_32bit else RESTART_CALL_64
    back.orig_rax = (1 << 64) - 1
    return back
