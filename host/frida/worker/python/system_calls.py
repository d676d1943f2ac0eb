"""The system call that a stopped thread was interrupted in. Numbers from the kernel's syscall_64.tbl and syscall_32.tbl."""

# brk, mmap, munmap, mremap, madvise, mprotect, open, openat: what an allocator calls while it holds its own lock.
ALLOCATING_64 = {12, 9, 11, 25, 28, 10, 2, 257}
# The same, mmap2 beside mmap.
ALLOCATING_32 = {45, 90, 192, 91, 163, 219, 125, 5, 295}
RESTART_CALL_64, RESTART_CALL_32 = 219, 0

# What the kernel notes for itself where a call is to be made again (include/linux/errno.h), and for one of them by another call.
ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK = 512, 513, 514, 516
ENOSYS = 38
# The instructions `syscall` and `int 0x80`: two bytes each.
CALL_BYTES = 2


def call_of(registers):
    """Its number, or None where the thread was in none."""
    number = registers.orig_rax & 0xFFFFFFFF
    return None if number == 0xFFFFFFFF else number


def allocates(call, registers):
    return call in (ALLOCATING_32 if registers.is_32bit else ALLOCATING_64)


def restarted(registers):
    """
    A copy of the registers with which the thread makes the interrupted call again, as the kernel would have had it do, and
    which the kernel takes for those of a thread in no call.
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
