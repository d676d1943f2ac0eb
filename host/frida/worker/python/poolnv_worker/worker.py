"""Carries out the requests of the host with frida-core."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from typing import Any, Callable, Dict

from .attach_lock import AttachLock
from .channel import Channel
from .exit_codes import watch_exit
from .process_status import is_traced, tracer_of

if sys.platform == "linux":
    from . import helper_watchdog
    from .safepoint import main_thread_at_safepoint

# How long no program may have been traced before the worker exits, and the limit for that.
LINGER_SECONDS = 2.0
LINGER_LIMIT_SECONDS = 30.0

# How long the main thread must have been stopped at the same place after a failed attach.
KEPT_SECONDS = 1.0

# frida-core's messages if a signal, such as a SIGSTOP, came to the program during an injection. The program is
# unharmed then, and another try succeeds.
DISTURBED = re.compile("unexpected crash|crashed with signal|unexpected lack of content", re.IGNORECASE)
ATTACH_TRIES = 3
ATTACH_PAUSE_SECONDS = 0.5

# Without Frida's hooks of exit, _exit and abort, which stay for as long as the pool. They allocate, with a lock that
# another thread may hold while one forks: then the child, which has no other threads, never ends.
LINUX_SESSION = {"exit_monitor": False}

# Messages of one script that are passed on, and characters of each.
MESSAGE_LIMIT = 100
MESSAGE_LENGTH_LIMIT = 2000

# A step of a request, and its fields (host/frida/worker/worker-protocol.ts).
Step = Dict[str, Any]


class AgentRefusal(Exception):
    """An agent answered a call with an error of its own."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


class InvalidAnswer(Exception):
    """A program answered with something that no agent sends."""


class Worker:
    def __init__(self, frida: Any, channel: Channel, environment: dict[str, str]) -> None:
        """`environment` is that of programs that are spawned, if the request has none."""
        self._environment = environment
        self._channel = channel
        self._device = frida.get_local_device()
        # By name, with the pid.
        self._sessions: dict[str, tuple[int, Any]] = {}
        self._scripts: dict[str, Any] = {}
        self._message_counts: dict[str, int] = {}
        self._suspended: set[int] = set()
        self._attached_pids: set[int] = set()
        self._failed_pids: set[int] = set()
        self._attach_lock = AttachLock(channel.parent_ended)
        # Name of the operation, and since when.
        self.current_step: tuple[str | None, float] = (None, 0.0)
        self._operations: dict[str, Callable[[Step], Any]] = {
            "enumerateProcesses": self._enumerate_processes,
            "spawn": self._spawn,
            "resume": self._resume,
            "kill": self._kill,
            "attach": self._attach,
            "createScript": self._create_script,
            "load": self._load,
            "call": self._call,
            "unload": self._unload,
            "detach": self._detach,
        }
        if sys.platform == "linux":
            helper_watchdog.start(self._attached_pids)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carries out a request; returns the reply."""
        reply: dict[str, Any] = {"id": request["id"], "results": []}
        try:
            for step in request["steps"]:
                reply["results"].append(self._perform(step))
        except AgentRefusal as refusal:
            reply["error"] = {"name": "AgentRefusal", "message": str(refusal), "refusal": refusal.error}
        except Exception as error:
            reply["error"] = {"name": type(error).__name__, "message": str(error)}
        if "error" in reply:
            for step in request["undo"]:
                try:
                    self._perform(step)
                except Exception:
                    pass
        return reply

    def finish(self) -> None:
        """Ends the programs that were never resumed, because they would stay suspended for ever, and detaches."""
        self.current_step = ("finish", time.monotonic())
        for pid in list(self._suspended):
            try:
                self._device.kill(pid)
            except Exception:
                pass
        for name in list(self._sessions):
            try:
                self._detach({"session": name})
            except Exception:
                pass
        self.current_step = (None, 0.0)
        self._linger()
        self._attach_lock.release()

    def kill_suspended(self) -> None:
        """Without frida-core, which may hang."""
        for pid in list(self._suspended):
            try:
                os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
            except OSError:
                pass

    def _linger(self) -> None:
        """
        After a detach frida-core still cleans up in the program, with one of its threads stopped by ptrace, and does
        not report when it is done. Exiting meanwhile killed the program 2 times in 100.
        """
        if not self._attached_pids:
            return
        began = last_traced = time.monotonic()
        failed = FailedAttaches(self._failed_pids)
        while time.monotonic() - last_traced < LINGER_SECONDS and time.monotonic() - began < LINGER_LIMIT_SECONDS:
            time.sleep(0.05)
            traced = [pid for pid in self._attached_pids if is_traced(pid)]
            if traced and all([failed.keeps_stopped(pid) for pid in traced]):
                return
            if traced:
                last_traced = time.monotonic()

    def _perform(self, step: Step) -> Any:
        self.current_step = (step["op"], time.monotonic())
        try:
            return self._operations[step["op"]](step)
        finally:
            self.current_step = (None, 0.0)

    def _enumerate_processes(self, _step: Step) -> list[dict[str, Any]]:
        """All but this one and the host, whose names many programs have: `python.exe`, `node.exe`."""
        own = (os.getpid(), os.getppid())
        running = [process for process in self._device.enumerate_processes() if process.pid not in own]
        return [{"pid": process.pid, "name": process.name} for process in running]

    def _spawn(self, step: Step) -> int:
        options = {"argv": step["argv"], "stdio": "inherit", "envp": self._environment}
        if step["cwd"] is not None:
            options["cwd"] = step["cwd"]
        if step["env"] is not None:
            options["envp"] = step["env"]
        pid: int = self._device.spawn(step["program"], **options)
        self._suspended.add(pid)
        if sys.platform == "win32":
            watch_exit(pid, lambda code: self._channel.send({"event": "exited", "pid": pid, "code": code}))
        return pid

    def _resume(self, step: Step) -> None:
        self._device.resume(step["pid"])
        self._suspended.discard(step["pid"])

    def _kill(self, step: Step) -> None:
        self._suspended.discard(step["pid"])
        self._device.kill(step["pid"])

    def _attach(self, step: Step) -> None:
        self._attached_pids.add(step["pid"])
        try:
            session = self._attach_with_retries(step["pid"])
        except Exception:
            self._failed_pids.add(step["pid"])
            raise
        name = step["session"]
        self._sessions[name] = (step["pid"], session)
        session.on("detached", lambda reason, crash: self._on_detached(name, reason, crash))

    def _attach_with_retries(self, pid: int) -> Any:
        self._attach_lock.acquire(pid, is_ours=pid in self._suspended)
        if all(pid != attached for attached, _ in self._sessions.values()):
            self._attach_lock.wait_for_own_agent(pid)
        for _ in range(ATTACH_TRIES - 1):
            try:
                return self._inject(pid)
            except Exception as error:
                if not DISTURBED.search(str(error)):
                    raise
                time.sleep(ATTACH_PAUSE_SECONDS)
        return self._inject(pid)

    def _inject(self, pid: int) -> Any:
        if sys.platform != "linux":
            return self._device.attach(pid)
        if pid in self._suspended:
            return self._device.attach(pid, **LINUX_SESSION)
        with main_thread_at_safepoint(pid):
            return self._device.attach(pid, **LINUX_SESSION)

    def _on_detached(self, name: str, reason: str, crash: Any) -> None:
        report = crash.report if crash is not None else None
        self._channel.send({"event": "detached", "session": name, "reason": reason, "crash": report})

    def _create_script(self, step: Step) -> None:
        name = step["script"]
        script = self._sessions[step["session"]][1].create_script(step["source"], name=step["name"])
        script.on("message", lambda message, _data: self._on_message(name, message))
        # What a script logs would go to our standard output otherwise: the user's, or the channel to the parent.
        script.set_log_handler(lambda _level, text: self._on_message(name, {"description": text}))
        self._scripts[name] = script

    def _on_message(self, name: str, message: dict[str, Any]) -> None:
        self._message_counts[name] = self._message_counts.get(name, 0) + 1
        if self._message_counts[name] > MESSAGE_LIMIT:
            return
        payload = json.dumps(message.get("payload"), ensure_ascii=False, separators=(",", ":"))
        text = message.get("stack") or message.get("description") or payload
        self._channel.send({"event": "message", "script": name, "text": str(text)[:MESSAGE_LENGTH_LIMIT]})

    def _load(self, step: Step) -> None:
        self._scripts[step["script"]].load()

    def _call(self, step: Step) -> Any:
        reply = self._scripts[step["script"]].exports_sync.request(step["method"], step["payload"])
        if is_value(reply):
            return reply["value"]
        if is_refusal(reply):
            raise AgentRefusal(reply["error"])
        raise InvalidAnswer("answered with something that is not a reply")

    def _unload(self, step: Step) -> None:
        self._scripts.pop(step["script"]).unload()

    def _detach(self, step: Step) -> None:
        self._sessions.pop(step["session"])[1].detach()


class FailedAttaches:
    """
    After some failures of an attach, as when a program may start no thread, frida-core keeps the main thread stopped
    and does no more to it. Only the exit of this process lets it go on.
    """

    def __init__(self, pids: set[int]) -> None:
        self._pids = pids
        self._since: dict[int, tuple[Any, float]] = {}

    def keeps_stopped(self, pid: int) -> bool:
        """Whether the main thread has been at the same place for long, stopped by a thread of this process."""
        if pid not in self._pids or not os.path.exists(f"/proc/self/task/{tracer_of(pid)}"):
            return False
        stop = helper_watchdog.tracing_stop_of(pid)
        known, since = self._since.get(pid, (None, 0.0))
        if stop is None or stop != known:
            self._since[pid] = (stop, time.monotonic())
            return False
        return time.monotonic() - since > KEPT_SECONDS and helper_watchdog.is_own_code(pid, stop.address)


def is_value(reply: Any) -> bool:
    return isinstance(reply, dict) and reply.get("ok") is True and "value" in reply


def is_refusal(reply: Any) -> bool:
    error = reply.get("error") if isinstance(reply, dict) else None
    return isinstance(error, dict) and all(isinstance(error.get(key), str) for key in ("code", "message"))
