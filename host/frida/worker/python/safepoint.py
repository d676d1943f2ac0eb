"""
Where a thread of a Linux program may be borrowed.

frida-core's injector makes the program's main thread call `pthread_create`, which allocates, wherever it finds it. In the
middle of the C library's malloc that ended a program with one thread, whose malloc takes no lock then, 3 times in 100, and
it stops one with many for ever. So the thread is led to a loop of our own from a place where it is in no allocator, before
frida-core comes, and on from there to where it was, as soon as frida-core has it.

Whatever moment we die in, the program goes on: the kernel lets a thread go whose tracer ends, registers are set all at once,
and the loop ends by itself.
"""

import contextlib
import random
import threading
import time

from allocating_modules import allocating_modules
from holding_loop import HoldingLoop
from sightings import state_of, tracer_of
from system_calls import allocates, call_of, restarted
from tracee import Tracee, Unstoppable

# How long a thread is looked at here and there, and then how long for its next system call.
SAMPLING_SECONDS = 0.5
CALL_SECONDS = 2.0
LOOK_SECONDS = 0.0005


@contextlib.contextmanager
def main_thread_at_safepoint(pid):
    """
    Within it the main thread is in no allocator. Where it can't be brought to such a place (a program that is stopped, that
    we may not trace, or that does nothing but allocate) the program is left as it was: frida-core says what it can't do.
    """
    loop = hold(pid)
    if loop is None:
        yield
        return
    done = threading.Event()
    releasing = threading.Thread(target=release_when_taken, args=(pid, loop, done))
    releasing.start()
    try:
        yield
    finally:
        done.set()
        releasing.join()


def release_when_taken(pid, loop, done):
    """Whoever has stopped the thread in the loop has it in a safe place, for as long as it likes."""
    while not done.wait(LOOK_SECONDS):
        if tracer_of(pid) is not None and state_of(pid) == "t":
            break
    loop.release()


def hold(pid):
    """The loop in which the main thread now is, or None."""
    try:
        modules = allocating_modules(pid)
        loop = HoldingLoop.prepare(pid, modules)
    except OSError:  # it has ended, or is not ours to look into
        return None
    if loop is None or lead_to_loop(pid, modules, loop):
        return loop
    loop.close()
    return None


def lead_to_loop(pid, modules, loop):
    try:
        tracee = Tracee.seize(pid)
    except OSError:
        return False
    try:
        return hold_outside(tracee, modules, loop) or hold_at_call(tracee, loop)
    except (OSError, Unstoppable):
        return False
    finally:
        tracee.let_go()


def hold_outside(tracee, modules, loop):
    end = time.monotonic() + SAMPLING_SECONDS
    while time.monotonic() < end:
        tracee.stop()
        registers = tracee.registers()
        if is_safe(registers, modules):
            return lead_into(tracee, registers, loop)
        tracee.go_on()
        time.sleep(random.random() * LOOK_SECONDS)
    return False


def hold_at_call(tracee, loop):
    end = time.monotonic() + CALL_SECONDS
    tracee.stop()
    while time.monotonic() < end:
        if not tracee.run_to_call(end):
            return False
        registers = tracee.registers()
        if not allocates(call_of(registers), registers):
            return lead_into(tracee, registers, loop)
        tracee.run_to_call(end)  # its end
    return False


def is_safe(registers, modules):
    """In a call that no allocator makes, or in code that is part of none: no allocator calls anything outside but the kernel."""
    call = call_of(registers)
    if call is not None:
        return not allocates(call, registers)
    return not any(registers.rip in module.code for module in modules)


def lead_into(tracee, registers, loop):
    back = restarted(registers)
    loop.lead_back_to(back.rip, back.is_32bit)
    back.rip = loop.address
    tracee.set_registers(back)
    return True
