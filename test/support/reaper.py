"""
Runs one command and then stays as the parent of what the command leaves behind, because only a parent learns how a
process ended. Prints a line when the command has ended, {"ended": CODE}, and one for every orphan, {"pid", "code"}.

Usage: reaper.py STANDARD_OUTPUT STANDARD_ERROR COMMAND...
"""

import ctypes
import json
import os
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def tell(document):
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
with open(sys.argv[1], "wb") as output, open(sys.argv[2], "wb") as errors:
    command = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=output, stderr=errors, close_fds=True)
while True:
    try:
        pid, status = os.wait()
    except ChildProcessError:
        break
    code = os.waitstatus_to_exitcode(status)
    tell({"ended": code} if pid == command.pid else {"pid": pid, "code": code})
