"""
Parks the main thread of a program in the worker's parking loop and releases it, a number of times; or leaves it there.

Usage: park.py FOLDER_OF_THE_WORKER PID TIMES MILLISECONDS | park.py FOLDER_OF_THE_WORKER PID for-ever
Prints how often the thread was parked.
"""

import sys
import time

sys.path.insert(0, sys.argv[1])
from poolnv_worker.safepoint import park  # noqa: E402

pid = int(sys.argv[2])
if sys.argv[3] == "for-ever":
    print("parked 1" if park(pid) is not None else "parked 0", flush=True)
    time.sleep(600)
parked = 0
for _ in range(int(sys.argv[3])):
    loop = park(pid)
    if loop is not None:
        parked += 1
        time.sleep(int(sys.argv[4]) / 1000)
        loop.release()
        time.sleep(0.005)
print(f"parked {parked}")
