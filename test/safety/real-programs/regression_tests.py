"""
Runs some of Python's own regression tests, as `python -m test -v` does, prints the result, and stays until it may exit.

Usage: regression_tests.py LEAVE MODULE... where LEAVE is a file: once it exists, the script exits.
"""

import os
import sys
import time

from test.libregrtest import main

if __name__ == "__main__":  # children that multiprocessing spawns import this file
    leave = sys.argv.pop(1)
    sys.argv.insert(1, "-v")
    try:
        main()
        code = 0
    except SystemExit as exit:
        code = int(exit.code or 0)
    print(f"\nregression tests ended with {code}", flush=True)
    while not os.path.exists(leave):
        time.sleep(0.05)
    sys.exit(code)
