"""
Carries frida-core for poolnv from a Python wheel, on Linux as well as in Windows Python under Wine.

One JSON document a line (host/frida/worker/worker-protocol.ts): requests in, replies and events out. It works requests off
one by one, finishes the one at hand when its parent has gone, and then leaves, in no hurry. It is deaf to Ctrl-C and hang-up always,
and to a polite kill while it works, because whoever dies during an injection takes the target along.

Usage: python THIS_FOLDER INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR
"""

import os
import signal
import sys
import threading
import time

from worker import Worker
from channel import Channel
from unpacking_folder import UnpackingFolder

# How long we wait for an answer that nobody else waits for any more.
STUCK_SECONDS = 20.0
# What is never broken off, however long it takes: whoever dies during an injection takes the target along.
UNBREAKABLE = ("attach", "spawn", "resume", "createScript", "load", "eternalize")


def main():
    ignore_terminal()
    channel = Channel(int(sys.argv[1]), int(sys.argv[2]))
    unpacking = UnpackingFolder()
    try:
        import frida
    except Exception as error:
        channel.send({"hello": None, "reason": "%s: %s" % (type(error).__name__, error)})
        unpacking.remove()
        return
    worker = Worker(frida, channel, unpacking.environment_before)
    channel.send({"hello": {"version": frida.__version__, "platform": sys.platform}})
    threading.Thread(target=leave_when_stuck, args=(worker, channel), daemon=True).start()
    for request in channel.requests():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        channel.send(worker.answer(request))
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    worker.leave()
    unpacking.remove()


def ignore_terminal():
    for name in ("SIGINT", "SIGHUP", "SIGPIPE"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def leave_when_stuck(worker, channel):
    """A program that hangs never answers; once our parent has gone there is nothing to wait for."""
    channel.parent_gone.wait()
    while True:
        time.sleep(1)
        name, since = worker.at_hand
        if name is not None and name not in UNBREAKABLE:
            if time.monotonic() - max(since, channel.parent_gone_at) > STUCK_SECONDS:
                worker.end_suspended()
                os._exit(1)


if __name__ == "__main__":
    main()
