"""
Parks the main thread of a Linux program at a safepoint for an injection.

frida-core's injector makes the program's main thread call `pthread_create`, which allocates, wherever the thread is. In
the middle of the C library's malloc that ended a program with one thread, whose malloc takes no lock then, 3 times in
100, and it deadlocks one with many. So the thread is parked before: from a place where it is in no allocator it is sent
to a loop of our own, and back from there as soon as frida-core has stopped it.

If this process is killed at any moment, the program goes on: the kernel detaches the threads of a tracer that ends,
registers are set all at once, and the loop ends by itself.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from typing import Generator

from .allocating_modules import Module, allocating_modules
from .parking_loop import ParkingLoop
from .process_status import state_of, tracer_of
from .system_calls import allocates, call_of, restarted
from .tracee import Registers, Tracee, Unstoppable

# How long the thread is stopped at random moments, and then how long its system calls are awaited.
SAMPLING_SECONDS = 0.5
CALL_SECONDS = 2.0
POLL_SECONDS = 0.0005


@contextlib.contextmanager
def main_thread_at_safepoint(pid: int) -> Generator[None, None, None]:
    """
    Within it the main thread is in no allocator. If it can't be brought to such a place (the program is stopped, may
    not be traced, or does nothing but allocate) the program is left as it was: frida-core reports its own error then.
    """
    loop = park(pid)
    if loop is None:
        yield
        return
    done = threading.Event()
    releasing = threading.Thread(target=release_when_traced, args=(pid, loop, done))
    releasing.start()
    try:
        yield
    finally:
        done.set()
        releasing.join()


def release_when_traced(pid: int, loop: ParkingLoop, done: threading.Event) -> None:
    """A tracer that has stopped the thread in the loop has it at a safepoint, for as long as it needs."""
    while not done.wait(POLL_SECONDS):
        if tracer_of(pid) is not None and state_of(pid) == "t":
            break
    loop.release()


def park(pid: int) -> ParkingLoop | None:
    """The loop in which the main thread is now, or None."""
    try:
        modules = allocating_modules(pid)
        loop = ParkingLoop.prepare(pid, modules)
    except OSError:  # the program has ended, or we may not access it
        return None
    if loop is None or park_in(pid, modules, loop):
        return loop
    loop.close()
    return None


def park_in(pid: int, modules: list[Module], loop: ParkingLoop) -> bool:
    try:
        tracee = Tracee.seize(pid)
    except OSError:
        return False
    try:
        return park_outside(tracee, modules, loop) or park_at_call(tracee, loop)
    except (OSError, Unstoppable):
        return False
    finally:
        tracee.detach()


def park_outside(tracee: Tracee, modules: list[Module], loop: ParkingLoop) -> bool:
    """Stops the thread at random moments until it is outside of the modules."""
    end = time.monotonic() + SAMPLING_SECONDS
    while time.monotonic() < end:
        tracee.stop()
        registers = tracee.registers()
        if is_safe(registers, modules):
            return send_to(tracee, registers, loop)
        tracee.resume()
        time.sleep(random.random() * POLL_SECONDS)
    return False


def park_at_call(tracee: Tracee, loop: ParkingLoop) -> bool:
    """Lets the thread run to a system call that no allocator makes."""
    end = time.monotonic() + CALL_SECONDS
    tracee.stop()
    while time.monotonic() < end:
        if not tracee.run_to_call(end):
            return False
        registers = tracee.registers()
        if not allocates(call_of(registers), registers):
            return send_to(tracee, registers, loop)
        tracee.run_to_call(end)  # its end
    return False


def is_safe(registers: Registers, modules: list[Module]) -> bool:
    """In a call that no allocator makes, or in code outside of the modules, where an allocator calls nothing."""
    call = call_of(registers)
    if call is not None:
        return not allocates(call, registers)
    return not any(registers.rip in module.code for module in modules)


def send_to(tracee: Tracee, registers: Registers, loop: ParkingLoop) -> bool:
    back = restarted(registers)
    loop.write(back.rip, back.is_32bit)
    back.rip = loop.address
    tracee.set_registers(back)
    return True
