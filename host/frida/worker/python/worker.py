"""Does what is asked of frida-core."""

import json
import os
import re
import signal
import sys
import time

import exit_watch
import frida_helper_that_hangs
from sightings import is_traced
from turn import TestCase

if sys.platform == "linux":
    from safepoint import main_thread_at_safepoint

# How long a program must have been left alone before we go, and when we go all the same.
LINGER_SECONDS = 2.0
LINGER_LIMIT_SECONDS = 30.0

# What frida-core says when a signal, such as a SIGSTOP, came to the program in the middle of an injection. The program is
# whole then, and another try succeeds.
DISTURBED = re.compile("unexpected crash|crashed with signal|unexpected lack of content", re.IGNORECASE)
ATTACH_TRIES = 3
ATTACH_PAUSE_SECONDS = 0.5

# How long an agent must have been in a program before it is told to leave. One told earlier left its hooks of `sigaction`
# behind in 8 of 400 programs, and the next agent died of them; none did in 400 after this time.
SETTLING_SECONDS = 0.5

# Messages of a script, which nobody needs but who looks for a mistake in it.
MESSAGE_LIMIT = 100
MESSAGE_LENGTH_LIMIT = 2000


class Refusal(Exception):
    """An agent answered a call with an error of its own."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error


class NonsenseAnswer(Exception):
    """A program answered with what no agent says."""


class Worker:
    def __init__(self, frida, channel, environment):
        self._environment = environment
        self._channel = channel
        self._device = frida.get_local_device()
        self._sessions = {}
        self._attached_at = {}
        self._scripts = {}
        self._suspended = set()
        self._visited = set()
        self._turn = TestCase(channel.parent_gone)
        self._messages = {}
        if sys.platform == "linux":
            frida_helper_that_hangs.watch(self._visited)
        # What is being done, and since when.
        self.at_hand = (None, 0.0)

    def answer(self, request):
        reply = {"id": request["id"], "results": []}
        try:
            for step in request["steps"]:
                reply["results"].append(self._perform(step))
        except Refusal as refusal:
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

    def leave(self):
        """Programs that never came to be resumed would stay suspended for ever: they go with us."""
        self.at_hand = ("leave", time.monotonic())
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
        self.at_hand = (None, 0.0)
        self._linger()
        self._turn.give()

    def end_suspended(self):
        """Without frida-core, which may be stuck."""
        for pid in list(self._suspended):
            try:
                os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
            except OSError:
                pass

    def _linger(self):
        """
        After a detach frida-core goes on tidying up in the program, with one of its threads in hand by ptrace, and does
        not say when it is done. Whoever leaves meanwhile kills the program, 2 times in 100.
        """
        if not self._visited:
            return
        began = last_seen = time.monotonic()
        while time.monotonic() - last_seen < LINGER_SECONDS and time.monotonic() - began < LINGER_LIMIT_SECONDS:
            time.sleep(0.05)
            if any(is_traced(pid) for pid in self._visited):
                last_seen = time.monotonic()

    def _perform(self, step):
        self.at_hand = (step["op"], time.monotonic())
        try:
            return getattr(self, "_" + step["op"])(step)
        finally:
            self.at_hand = (None, 0.0)

    def _enumerateProcesses(self, _step):
        """All but this one, which bears the name of many a target: `python.exe`."""
        running = [process for process in self._device.enumerate_processes() if process.pid != os.getpid()]
        return [{"pid": process.pid, "name": process.name} for process in running]

    def _spawn(self, step):
        options = {"argv": step["argv"], "stdio": "inherit", "envp": self._environment}
        if step["cwd"] is not None:
            options["cwd"] = step["cwd"]
        if step["env"] is not None:
            options["envp"] = step["env"]
        pid = self._device.spawn(step["program"], **options)
        self._suspended.add(pid)
        if sys.platform == "win32":
            exit_watch.watch(pid, lambda code: self._channel.send({"event": "exited", "pid": pid, "code": code}))
        return pid

    def _resume(self, step):
        self._device.resume(step["pid"])
        self._suspended.discard(step["pid"])

    def _kill(self, step):
        self._suspended.discard(step["pid"])
        self._device.kill(step["pid"])

    def _attach(self, step):
        self._visited.add(step["pid"])
        session = self._attach_patiently(step["pid"])
        name = step["session"]
        self._sessions[name] = session
        self._attached_at[name] = time.monotonic()
        session.on("detached", lambda reason, crash: self._on_detached(name, reason, crash))

    def _attach_patiently(self, pid):
        self._turn.take(pid)
        for _ in range(ATTACH_TRIES - 1):
            try:
                return self._inject(pid)
            except Exception as error:
                if not DISTURBED.search(str(error)):
                    raise
                time.sleep(ATTACH_PAUSE_SECONDS)
        return self._inject(pid)

    def _inject(self, pid):
        if sys.platform != "linux" or pid in self._suspended:
            return self._device.attach(pid)
        with main_thread_at_safepoint(pid):
            return self._device.attach(pid)

    def _on_detached(self, name, reason, crash):
        report = crash.report if crash is not None else None
        self._channel.send({"event": "detached", "session": name, "reason": reason, "crash": report})

    def _createScript(self, step):
        name = step["script"]
        script = self._sessions[step["session"]].create_script(step["source"], name=step["name"])
        script.on("message", lambda message, _data: self._on_message(name, message))
        self._scripts[name] = script

    def _on_message(self, name, message):
        self._messages[name] = self._messages.get(name, 0) + 1
        if self._messages[name] > MESSAGE_LIMIT:
            return
        text = message.get("stack") or message.get("description") or json.dumps(message.get("payload"))
        self._channel.send({"event": "message", "script": name, "text": str(text)[:MESSAGE_LENGTH_LIMIT]})

    def _load(self, step):
        self._scripts[step["script"]].load()

    def _call(self, step):
        reply = self._scripts[step["script"]].exports_sync.request(step["method"], step["payload"])
        if is_value(reply):
            return reply["value"]
        if is_refusal(reply):
            raise Refusal(reply["error"])
        raise NonsenseAnswer("answered with something that is no reply")

    def _eternalize(self, step):
        self._scripts.pop(step["script"]).eternalize()
        self._turn.agents_stay()

    def _unload(self, step):
        self._scripts.pop(step["script"]).unload()

    def _detach(self, step):
        name = step["session"]
        session = self._sessions.pop(name)
        settled = self._attached_at.pop(name) + SETTLING_SECONDS
        if not session.is_detached:
            time.sleep(max(0.0, settled - time.monotonic()))
        session.detach()


def is_value(reply):
    return isinstance(reply, dict) and reply.get("ok") is True and "value" in reply


def is_refusal(reply):
    error = reply.get("error") if isinstance(reply, dict) else None
    return isinstance(error, dict) and all(isinstance(error.get(key), str) for key in ("code", "message"))
