"""Starts the worker. Usage: python THIS_FOLDER INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR"""

import sys

from poolnv_worker.main import main

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
