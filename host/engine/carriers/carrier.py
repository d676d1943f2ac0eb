"""
Carries frida-core for poolnv from a Python wheel, on Linux as well as in Windows Python under Wine.

One JSON document a line (host/engine/carrier-protocol.ts): requests in, replies and events out. It works requests off
one by one, finishes the one at hand when its parent has gone, and then leaves, in no hurry. It is deaf to Ctrl-C and hang-up always,
and to a polite kill while it works, because whoever dies during an injection takes the target along.

Usage: carrier.py INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR
"""

import json
import os
import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import time

# How long a program must have been left alone before we go, and when we go all the same.
LINGER_SECONDS = 2.0
LINGER_LIMIT_SECONDS = 30.0

# What frida-core says when a signal, such as a SIGSTOP, came to the program in the middle of an injection. The program is
# whole then, and another try succeeds.
DISTURBED = re.compile("unexpected crash|loader crashed|unexpected lack of content", re.IGNORECASE)
ATTACH_TRIES = 3
ATTACH_PAUSE_SECONDS = 0.5
# How long a carrier waits for its turn at a program, and then for whoever has a thread of it in hand.
TURN_SECONDS = 40.0
TRACED_SECONDS = 3.0
# How long we wait for an answer that nobody else waits for any more.
STUCK_SECONDS = 20.0
# What is never broken off, however long it takes: whoever dies during an injection takes the target along.
UNBREAKABLE = ("attach", "spawn", "resume", "createScript", "load", "eternalize")

# Longest line to the parent: no agent of ours and no list of processes comes near it.
LINE_LIMIT = 16 << 20
# Messages of a script, which nobody needs but who looks for a mistake in it.
MESSAGE_LIMIT = 100
MESSAGE_LENGTH_LIMIT = 2000


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
    carrier = Carrier(frida, channel, unpacking.environment_before)
    channel.send({"hello": {"version": frida.__version__, "platform": sys.platform}})
    threading.Thread(target=leave_when_stuck, args=(carrier, channel), daemon=True).start()
    for request in channel.requests():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        channel.send(carrier.answer(request))
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    carrier.leave()
    unpacking.remove()


def ignore_terminal():
    for name in ("SIGINT", "SIGHUP", "SIGPIPE"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def leave_when_stuck(carrier, channel):
    """A program that hangs never answers; once our parent has gone there is nothing to wait for."""
    channel.parent_gone.wait()
    while True:
        time.sleep(1)
        name, since = carrier.at_hand
        if name is not None and name not in UNBREAKABLE:
            if time.monotonic() - max(since, channel.parent_gone_at) > STUCK_SECONDS:
                carrier.end_suspended()
                os._exit(1)


class Channel:
    """Lines of JSON over two descriptors. Writing to a parent that has gone is not an error."""

    def __init__(self, input_descriptor, output_descriptor):
        self.parent_gone = threading.Event()
        self.parent_gone_at = None
        self._input = os.fdopen(input_descriptor, "rb")
        self._output = output_descriptor
        self._lines = queue.Queue()
        self._lock = threading.Lock()
        for descriptor in (input_descriptor, output_descriptor):
            os.set_inheritable(descriptor, False)
        threading.Thread(target=self._read, daemon=True).start()

    def requests(self):
        while True:
            line = self._lines.get()
            if line is None:
                return
            yield json.loads(line.decode("utf-8"))

    def _read(self):
        """In a thread of its own, so that the end of our parent is noticed while we work."""
        while True:
            try:
                line = self._input.readline()
            except OSError:
                line = b""
            if not line.endswith(b"\n"):
                break
            self._lines.put(line)
        self.parent_gone_at = time.monotonic()
        self.parent_gone.set()
        self._lines.put(None)

    def send(self, document):
        data = (json.dumps(document) + "\n").encode("utf-8")
        if len(data) > LINE_LIMIT:
            if "id" not in document:
                return
            message = "answered with %d bytes" % len(data)
            self.send({"id": document["id"], "results": [], "error": {"name": "NonsenseAnswer", "message": message}})
            return
        with self._lock:
            try:
                while data:
                    data = data[os.write(self._output, data) :]
            except OSError:
                pass


class UnpackingFolder:
    """
    Where frida-core unpacks its agents on Windows, 43 MB. It does not take them away: a program with a pool uses them until
    it ends. So they get a folder of ours, and each carrier removes those of carriers that have gone. On Linux our parent
    sees to it (host/engine/private-folder.ts).
    """

    _prefix = "poolnv-carrier-"

    def __init__(self):
        """What programs that we spawn must have: not our temporary folder."""
        self.environment_before = dict(os.environ)
        self._folder = None
        if sys.platform != "win32":
            return
        self._remove_abandoned()
        try:
            self._folder = tempfile.mkdtemp(prefix="%s%d-" % (self._prefix, os.getpid()))
        except OSError:
            return
        for name in ("TEMP", "TMP"):
            os.environ[name] = self._folder

    def remove(self):
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _remove_abandoned(self):
        place = tempfile.gettempdir()
        for name in os.listdir(place):
            match = re.match(re.escape(self._prefix) + r"(\d+)-", name)
            path = os.path.join(place, name)
            if match and not is_running(int(match.group(1))):
                shutil.rmtree(path, ignore_errors=True)


class AnotherAtWork(Exception):
    """The turn at a program did not come."""


class Turn:
    """
    One carrier at a time has agents in a program, until they are surely gone. Agents of two, as when a host is killed and
    the next comes right after it, ended 2 programs in 140 on Linux and 1 in 300 under Wine: the one that unloads first takes
    the signal handler along that the other has remembered. The lock ends with its process, whatever ends that. It is in our
    temporary folder, which is the user's alone and the same for all his carriers (host/engine/private-folder.ts).
    """

    _held, _given = b"h", b"-"

    def __init__(self, parent_gone):
        """Who waits for its turn when its parent goes has nothing to wait for."""
        self._parent_gone = parent_gone
        self._file = None
        self._path = None

    def _note(self, state):
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, state)

    def take(self, pid):
        path = os.path.join(tempfile.gettempdir(), "turn-%d" % pid)
        if path == self._path:
            return
        self.give()
        end = time.monotonic() + TURN_SECONDS
        while not self._try_to_take(path):
            if time.monotonic() > end or self._parent_gone.is_set():
                raise AnotherAtWork("another poolnv is at work in this program")
            time.sleep(0.02)
        if os.read(self._file, 1) == self._held:
            time.sleep(LINGER_SECONDS)  # who had it was killed, and his agents are on their way out
        self._note(self._held)
        end = time.monotonic() + TRACED_SECONDS
        while is_traced(pid) and time.monotonic() < end:
            time.sleep(0.02)

    def give(self):
        if self._file is None:
            return
        self._note(self._given)
        if sys.platform != "win32":
            os.unlink(self._path)
        os.close(self._file)
        self._file = self._path = None

    def _try_to_take(self, path):
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            lock(file)
            mine, there = os.fstat(file), os.stat(path)
            if (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino):
                self._file, self._path = file, path
                return True
        except OSError:
            pass  # taken, or just given up and removed
        os.close(file)
        return False


class Refusal(Exception):
    """An agent answered a call with an error of its own."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.error = error


class NonsenseAnswer(Exception):
    """A program answered with what no agent says."""


class Carrier:
    def __init__(self, frida, channel, environment):
        self._environment = environment
        self._channel = channel
        self._device = frida.get_local_device()
        self._sessions = {}
        self._scripts = {}
        self._suspended = set()
        self._visited = set()
        self._turn = Turn(channel.parent_gone)
        self._messages = {}
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
        session.on("detached", lambda reason, crash: self._on_detached(name, reason, crash))

    def _attach_patiently(self, pid):
        self._turn.take(pid)
        for _ in range(ATTACH_TRIES - 1):
            try:
                return self._device.attach(pid)
            except Exception as error:
                if not DISTURBED.search(str(error)):
                    raise
                time.sleep(ATTACH_PAUSE_SECONDS)
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

    def _unload(self, step):
        self._scripts.pop(step["script"]).unload()

    def _detach(self, step):
        self._sessions.pop(step["session"]).detach()


def is_value(reply):
    return isinstance(reply, dict) and reply.get("ok") is True and "value" in reply


def is_refusal(reply):
    error = reply.get("error") if isinstance(reply, dict) else None
    return isinstance(error, dict) and all(isinstance(error.get(key), str) for key in ("code", "message"))


def lock(file):
    """Raises OSError where another process has locked it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_running(pid):
    """On Windows."""
    import ctypes

    query_limited_information = 0x1000
    process = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, pid)
    if process:
        ctypes.windll.kernel32.CloseHandle(process)
    return bool(process)


def is_traced(pid):
    """Whether a process of this Linux system is held by a tracer; never elsewhere."""
    try:
        with open("/proc/%d/status" % pid, errors="replace") as status:
            return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in status)
    except (OSError, IndexError):
        return False


if __name__ == "__main__":
    main()
