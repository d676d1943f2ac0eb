"""
A watchdog for Frida's helper on Linux, which hangs if a SIGSTOP comes to the program while the helper cleans up after
the stop that it has requested itself: it takes that SIGSTOP for its own, waits for another one, and keeps the program's
main thread stopped for ever (2 of some 100 programs that were stopped in that moment). The watchdog kills such a
helper; then the kernel lets the thread continue where it was.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import NamedTuple

from .memory_map import is_of_file, mappings
from .process_status import state_of, tracer_of

# How long a thread must have been at the same place; a helper that works continues it sooner.
STUCK_SECONDS = 5.0
POLL_SECONDS = 0.5


class TracingStop(NamedTuple):
    tracer: int
    # /proc/PID/syscall: the system call with its arguments, the stack pointer, and last the instruction pointer.
    registers: tuple[str, ...]

    @property
    def address(self) -> int:
        return int(self.registers[-1], 16)


def start(pids: set[int]) -> None:
    """Watches the programs of a set of pids that grows, for ever."""
    threading.Thread(target=watch, args=(pids,), daemon=True).start()


def watch(pids: set[int]) -> None:
    since: dict[int, tuple[TracingStop | None, float]] = {}
    while True:
        time.sleep(POLL_SECONDS)
        for pid in list(pids):
            last, began = since.get(pid, (None, 0.0))
            stop = tracing_stop_of(pid)
            if stop is None or stop != last:
                since[pid] = (stop, time.monotonic())
            elif time.monotonic() - began > STUCK_SECONDS:
                kill_hanging_helper(pid, stop)


def tracing_stop_of(pid: int) -> TracingStop | None:
    """The tracer of its main thread, and where the thread is; None if it is not traced, or runs."""
    tracer = tracer_of(pid)
    try:
        with open(f"/proc/{pid}/syscall") as syscall:
            registers = syscall.read().split()
        return TracingStop(tracer, tuple(registers)) if tracer is not None and state_of(pid) == "t" else None
    except (OSError, IndexError):
        return None


def kill_hanging_helper(pid: int, stop: TracingStop) -> None:
    """Only if the thread is in the program's own code and the helper traces no other program."""
    if is_fridas(stop.tracer) and is_own_code(pid, stop.address) and traced_by(stop.tracer) == {pid}:
        try:
            os.kill(stop.tracer, signal.SIGKILL)
        except OSError:
            pass


def is_fridas(pid: int) -> bool:
    """False for this process."""
    try:
        return pid != os.getpid() and "/frida-" in os.readlink(f"/proc/{pid}/exe").replace("memfd:", "")
    except OSError:
        return False


def is_own_code(pid: int, address: int) -> bool:
    """Code of a file or of the kernel, not Frida's: its loader is in anonymous memory, its agent in a memfd."""
    try:
        found = next((each for each in mappings(pid) if address in each.addresses), None)
        return found is not None and (found.name == "[vdso]" or is_of_file(found))
    except OSError:
        return False


def traced_by(tracer: int) -> set[int]:
    return {int(name) for name in os.listdir("/proc") if name.isdigit() and tracer_of(int(name)) == tracer}
