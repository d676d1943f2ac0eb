"""The lock that one worker at a time holds on a program."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time

from .agents import agents_may_remain, count_agents
from .process_status import is_traced

# How long a worker waits for the lock of a program, and then for another tracer to detach.
LOCK_SECONDS = 40.0
TRACED_SECONDS = 3.0
# After a worker was killed: how long an injection that it began may not be visible yet, and how long its agents may
# take to unload.
KILLED_SECONDS = 2.0
KILLED_LIMIT_SECONDS = 10.0
# How long the agent of the same worker's last session may take to unload; it takes some 5 ms.
OWN_LIMIT_SECONDS = 10.0
POLL_SECONDS = 0.02
# Length of the record in the lock's file: a number while the lock is held, blanks once it has been released.
RECORD_BYTES = 8


class ProgramBusy(Exception):
    """Another worker has the lock of the program."""


class AttachLock:
    """
    One worker at a time has agents in a program, until they are surely unloaded. Agents of two workers, as when a host
    is killed and the next one starts right after it, ended 2 programs in 140 on Linux and 1 in 300 under Wine: the one
    that unloads first restores a signal handler that the other one still refers to. After a worker was killed its
    agents are counted until they are unloaded: one in the middle of a call is not before the call returns (2 in 20
    under Wine).

    The lock is a file lock, which ends with its process. Its file is in our temporary folder, which is private to the
    user and the same for all workers (host/frida/worker/private-folder.ts).
    """

    def __init__(self, parent_ended: threading.Event) -> None:
        """A worker whose parent has ended does not wait for the lock."""
        self._parent_ended = parent_ended
        self._file = -1
        self._path: str | None = None
        # Agents that were in the program when the lock was acquired.
        self._foreign_agents = 0

    def acquire(self, pid: int, is_ours: bool) -> None:
        """
        Releases the lock of another program. `is_ours`: this worker has started the program and holds it suspended, by
        ptrace on Linux. Raises ProgramBusy.
        """
        path = os.path.join(tempfile.gettempdir(), f"attach-{pid}.lock")
        if path == self._path:
            return
        self.release()
        end = time.monotonic() + LOCK_SECONDS
        while not self._try_to_acquire(path):
            self._wait(end)
        remaining = self._read_record()
        if remaining is not None:  # its last holder was killed
            self._wait_until_unloaded(pid, remaining, end)
        self._foreign_agents = count_agents(pid)
        self._write_record(b"%d" % self._foreign_agents)
        end = time.monotonic() + TRACED_SECONDS
        while not is_ours and is_traced(pid) and time.monotonic() < end:
            time.sleep(POLL_SECONDS)

    def wait_for_own_agent(self, pid: int) -> None:
        """
        To be called while this worker has no session in the program, whose lock it holds. An agent that does not unload
        after a detach would take the next session and never answer. Raises ProgramBusy.
        """
        limit = time.monotonic() + OWN_LIMIT_SECONDS
        while count_agents(pid) > self._foreign_agents:
            if time.monotonic() > limit:
                raise ProgramBusy("the agent of this poolnv's last attach is still in the program")
            time.sleep(POLL_SECONDS)

    def release(self) -> None:
        if self._path is None:
            return
        self._write_record(b"")
        if sys.platform != "win32":
            os.unlink(self._path)
        os.close(self._file)
        self._file, self._path = -1, None

    def _wait_until_unloaded(self, pid: int, remaining: int, end: float) -> None:
        time.sleep(KILLED_SECONDS)
        limit = time.monotonic() + KILLED_LIMIT_SECONDS - KILLED_SECONDS
        while count_agents(pid) > remaining and time.monotonic() < limit:
            self._wait(end)
        if count_agents(pid) > remaining and not agents_may_remain(pid):
            raise ProgramBusy("another poolnv was killed while it was attached, and its agent is still in the program")

    def _wait(self, end: float) -> None:
        if time.monotonic() > end or self._parent_ended.is_set():
            raise ProgramBusy("another poolnv is attached to this program")
        time.sleep(POLL_SECONDS)

    def _write_record(self, record: bytes) -> None:
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, record.ljust(RECORD_BYTES))

    def _read_record(self) -> int | None:
        """The number of agents that were to remain, if the last holder was killed; else None."""
        os.lseek(self._file, 0, os.SEEK_SET)
        record = os.read(self._file, RECORD_BYTES).strip()
        return int(record) if record.isdigit() else None

    def _try_to_acquire(self, path: str) -> bool:
        file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            lock(file)
            locked, current = os.fstat(file), os.stat(path)
            if (locked.st_dev, locked.st_ino) == (current.st_dev, current.st_ino):
                self._file, self._path = file, path
                return True
        except OSError:
            pass  # held by another worker, or released and removed meanwhile
        os.close(file)
        return False


def lock(file: int) -> None:
    """Raises OSError if another process has locked it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
