"""Whose turn it is at a program."""

import os
import sys
import tempfile
import time

from sightings import agents_may_stay, count_agents, is_traced

# How long a worker waits for its turn at a program, and then for whoever has a thread of it in hand.
TURN_SECONDS = 40.0
TRACED_SECONDS = 3.0
# How long what was begun for a worker that was killed may go on unseen, and how long we wait for its agents.
AFTERMATH_SECONDS = 2.0
AFTERMATH_LIMIT_SECONDS = 10.0
# What the lock's file holds: a number while the turn is taken, blanks afterwards.
NOTE_BYTES = 8


class AnotherAtWork(Exception):
    """The turn at a program did not come."""


class TestCase:
    """
    One worker at a time has agents in a program, until they are surely gone. Agents of two, as when a host is killed and
    the next comes right after it, ended 2 programs in 140 on Linux and 1 in 300 under Wine: the one that unloads first takes
    the signal handler along that the other has remembered. Agents of a worker that was killed are counted until they have
    left: one that is in the middle of a call does not leave before its end (2 in 20 under Wine). The lock ends with its process, whatever ends that. It is in our
    temporary folder, which is the user's alone and the same for all his workers (host/frida/private-folder.ts).
    """

    def __init__(self, parent_gone):
        """Who waits for its turn when its parent goes has nothing to wait for."""
        self._parent_gone = parent_gone
        self._file = None
        self._path = None
        self._pid = None

    def take(self, pid):
        path = os.path.join(tempfile.gettempdir(), "turn-%d" % pid)
        if path == self._path:
            return
        self.give()
        end = time.monotonic() + TURN_SECONDS
        while not self._try_to_take(path):
            self._wait(end)
        self._pid = pid
        staying = self._noted()
        if staying is not None:  # who had it was killed, and the agents that were to leave with it are on their way out
            time.sleep(AFTERMATH_SECONDS)
            limit = time.monotonic() + AFTERMATH_LIMIT_SECONDS - AFTERMATH_SECONDS
            while count_agents(pid) > staying and time.monotonic() < limit:
                self._wait(end)
            if count_agents(pid) > staying and not agents_may_stay(pid):
                raise AnotherAtWork("what another poolnv was doing in this program when it was killed has not come to an end")
        self.agents_stay()
        end = time.monotonic() + TRACED_SECONDS
        while is_traced(pid) and time.monotonic() < end:
            time.sleep(0.02)

    def agents_stay(self):
        """Those that are in the program now do not leave with us."""
        self._note(b"%d" % count_agents(self._pid))

    def give(self):
        if self._file is None:
            return
        self._note(b"")
        if sys.platform != "win32":
            os.unlink(self._path)
        os.close(self._file)
        self._file = self._path = None

    def _wait(self, end):
        if time.monotonic() > end or self._parent_gone.is_set():
            raise AnotherAtWork("another poolnv is at work in this program")
        time.sleep(0.02)

    def _note(self, staying):
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, staying.ljust(NOTE_BYTES))

    def _noted(self):
        """How many agents were to stay, as the one noted it who was killed; None where nobody was."""
        os.lseek(self._file, 0, os.SEEK_SET)
        note = os.read(self._file, NOTE_BYTES).strip()
        return int(note) if note.isdigit() else None

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


def lock(file):
    """Raises OSError where another process has locked it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
