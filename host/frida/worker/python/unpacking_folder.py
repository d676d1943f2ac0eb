"""Where frida-core puts its agents on Windows."""

import os
import re
import shutil
import sys
import tempfile

from sightings import is_running


class UnpackingFolder:
    """
    Where frida-core unpacks its agents on Windows, 43 MB. It does not take them away: a program with a pool uses them until
    it ends. So they get a folder of ours, and each worker removes those of workers that have gone. On Linux our parent
    sees to it (host/frida/private-folder.ts).
    """

    _prefix = "poolnv-worker-"

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
