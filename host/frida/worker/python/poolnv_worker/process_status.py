"""The status of a process of this system, as its kernel reports it."""

from __future__ import annotations


def is_traced(pid: int) -> bool:
    """Whether a tracer is attached to a process of this Linux system; False on other systems."""
    return tracer_of(pid) is not None


def tracer_of(pid: int) -> int | None:
    """Pid of the process of this Linux system that is attached to it by ptrace, or None."""
    try:
        with open(f"/proc/{pid}/status", errors="replace") as status:
            tracer = next(int(line.split()[1]) for line in status if line.startswith("TracerPid:"))
            return tracer or None
    except (OSError, StopIteration, IndexError, ValueError):
        return None


def state_of(pid: int) -> str | None:
    """Letter of the main thread's state as in proc(5): `t` is a tracing stop, `T` a stop. None: it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return None


def is_running_on_windows(pid: int) -> bool:
    import ctypes

    query_limited_information = 0x1000
    process = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, pid)
    if process:
        ctypes.windll.kernel32.CloseHandle(process)
    return bool(process)
