"""Folder into which frida-core unpacks its agents on Windows."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile

from .process_status import is_running_on_windows

PREFIX = "poolnv-worker-"


class UnpackingFolder:
    """
    frida-core unpacks 43 MB of agents into the temporary folder and does not remove them: a program with a pool uses
    them until it ends. So each worker has a folder of its own and removes those of workers that have ended. Must be
    made before frida-core is loaded. On Linux the parent does the same (host/frida/worker/private-folder.ts).
    """

    def __init__(self) -> None:
        # The environment for programs that are spawned: without our temporary folder.
        self.environment_before = dict(os.environ)
        self._folder: str | None = None
        if sys.platform != "win32":
            return
        remove_abandoned()
        try:
            self._folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        except OSError:
            return
        for name in ("TEMP", "TMP"):
            os.environ[name] = self._folder

    def remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def remove_abandoned() -> None:
    parent = tempfile.gettempdir()
    for name in os.listdir(parent):
        match = re.match(re.escape(PREFIX) + r"(\d+)-", name)
        if match and not is_running_on_windows(int(match.group(1))):
            shutil.rmtree(os.path.join(parent, name), ignore_errors=True)
