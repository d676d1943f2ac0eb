"""
Frida's helper on Linux, when it has lost its way: it takes a SIGSTOP that comes to the program while it tidies up for the
stop that it has asked for, waits for another one, and holds the program's main thread for ever (2 of some 100 programs that
were stopped in that moment). It is ended then, and the kernel lets the thread go on where it was.
"""

import os
import signal
import threading
import time

from memory_map import is_of_file, mappings
from sightings import state_of, tracer_of

# How long a thread must have been at the same place, which a helper that gets on never leaves it at.
STUCK_SECONDS = 5.0
LOOK_SECONDS = 0.5


def watch(visited):
    """Sees for ever to the programs of a set of pids that grows."""
    threading.Thread(target=see_to, args=(visited,), daemon=True).start()


def see_to(visited):
    since = {}
    while True:
        time.sleep(LOOK_SECONDS)
        for pid in list(visited):
            place, began = since.get(pid, (None, 0.0))
            now = held_at(pid)
            if now is None or now != place:
                since[pid] = (now, time.monotonic())
            elif time.monotonic() - began > STUCK_SECONDS:
                release(pid, now)


def held_at(pid):
    """Who holds its main thread, and where, or None: it is not held, or runs."""
    tracer = tracer_of(pid)
    try:
        with open("/proc/%d/syscall" % pid) as syscall:
            place = syscall.read().split()
        return (tracer, tuple(place)) if tracer is not None and state_of(pid) == "t" else None
    except (OSError, IndexError):
        return None


def release(pid, place):
    """Where the thread is in the program's own code, and the helper has no other program in hand."""
    tracer, registers = place
    if is_fridas(tracer) and is_own_code(pid, int(registers[-1], 16)) and held_by(tracer) == {pid}:
        try:
            os.kill(tracer, signal.SIGKILL)
        except OSError:
            pass


def is_fridas(pid):
    """Never ourselves."""
    try:
        return pid != os.getpid() and "/frida-" in os.readlink("/proc/%d/exe" % pid).replace("memfd:", "")
    except OSError:
        return False


def is_own_code(pid, address):
    """What a file or the kernel has put there, and not what Frida has: its loader has no name, its agent has one."""
    try:
        found = next((each for each in mappings(pid) if address in each.addresses), None)
        return found is not None and (found.name == "[vdso]" or is_of_file(found))
    except OSError:
        return False


def held_by(tracer):
    return {int(name) for name in os.listdir("/proc") if name.isdigit() and tracer_of(int(name)) == tracer}
