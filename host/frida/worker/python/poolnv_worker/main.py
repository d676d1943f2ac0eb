"""The life of the worker: hello, requests, exit."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from .channel import Channel
from .unpacking_folder import UnpackingFolder
from .worker import Worker

# How long a step may go on after the parent has ended.
STUCK_SECONDS = 20.0
# Steps that are never interrupted, however long they take: exiting during an injection kills the program.
UNINTERRUPTIBLE = ("attach", "spawn", "resume", "createScript", "load")


def main(input_descriptor: int, output_descriptor: int) -> None:
    ignore_terminal()
    channel = Channel(input_descriptor, output_descriptor)
    unpacking = UnpackingFolder()
    try:
        import frida
    except Exception as error:
        channel.send({"hello": None, "reason": f"{type(error).__name__}: {error}"})
        unpacking.remove()
        return
    worker = Worker(frida, channel, unpacking.environment_before)
    channel.send({"hello": {"version": frida.__version__, "platform": sys.platform}})
    threading.Thread(target=exit_when_stuck, args=(worker, channel), daemon=True).start()
    for request in channel.requests():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        channel.send(worker.answer(request))
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    worker.finish()
    unpacking.remove()


def ignore_terminal() -> None:
    for name in ("SIGINT", "SIGHUP", "SIGPIPE"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def exit_when_stuck(worker: Worker, channel: Channel) -> None:
    """A program that hangs never answers: the worker gives up once its parent has ended."""
    channel.parent_ended.wait()
    while True:
        time.sleep(1)
        operation, since = worker.current_step
        if operation is None or operation in UNINTERRUPTIBLE:
            continue
        if time.monotonic() - max(since, channel.parent_ended_at) > STUCK_SECONDS:
            worker.kill_suspended()
            os._exit(1)
