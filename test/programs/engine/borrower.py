"""
Leads the main thread of a program into the worker's holding loop and on from there, as often as told; or leaves it there.

Usage: borrower.py FOLDER_OF_THE_CARRIER PID TIMES MILLISECONDS | borrower.py FOLDER_OF_THE_CARRIER PID for-ever
Prints how often the thread was held.
"""

import sys
import time

sys.path.insert(0, sys.argv[1])
from safepoint import hold

pid = int(sys.argv[2])
if sys.argv[3] == "for-ever":
    print("held 1" if hold(pid) is not None else "held 0", flush=True)
    time.sleep(600)
held = 0
for _ in range(int(sys.argv[3])):
    loop = hold(pid)
    if loop is not None:
        held += 1
        time.sleep(int(sys.argv[4]) / 1000)
        loop.release()
        time.sleep(0.005)
print("held %d" % held)
