"""
The program of `poolnv demo` on a machine without a C compiler: four threads of Python keep blocks as a game does,
replace them, grow them and check their contents. With PYTHONMALLOC=malloc each object of Python is a block of the C
library.

    python demo-target.py RESULT STOP

Writes its measurement to RESULT when the work is done, then holds its live blocks until the file STOP exists, for a
minute at most. Exit code 1: the contents of a block have changed.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time

THREADS = 4
OPERATIONS = 250_000  # per thread
SLOTS = 4096  # for live blocks, per thread
WAIT_SECONDS = 60


class Worker(threading.Thread):
    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)  # every run does the same work
        self.slots: list[bytearray | None] = [None] * SLOTS
        self.allocations = self.reallocations = self.frees = self.damaged = 0

    def run(self) -> None:
        for _ in range(OPERATIONS):
            self.step(self.random.randrange(SLOTS))

    def step(self, index: int) -> None:
        """One operation: allocates a block in an empty slot, or grows or frees the block of a full one."""
        block = self.slots[index]
        if block is None:
            size = game_like_size(self.random)
            self.slots[index] = bytearray([size & 0xFF]) * size
            self.allocations += 1
            return
        self.damaged += not is_intact(block)
        if self.random.random() < 0.1:
            block.extend(block[:1] * (len(block) // 2 + 1))
            self.reallocations += 1
        else:
            self.slots[index] = None
            self.frees += 1


def is_intact(block: bytearray) -> bool:
    return block[0] == block[-1] == block[len(block) // 2]


def game_like_size(source: random.Random) -> int:
    """70 % 16 to 64 bytes, 20 % to 512, 8 % to 4 KB, 2 % to 64 KB."""
    chance = source.random()
    if chance < 0.7:
        return source.randint(16, 64)
    if chance < 0.9:
        return source.randint(64, 512)
    return source.randint(512, 4096) if chance < 0.98 else source.randint(4096, 65536)


def peak_memory() -> int:
    """Peak resident memory, in bytes."""
    if sys.platform != "win32":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    import ctypes

    class Counters(ctypes.Structure):  # PROCESS_MEMORY_COUNTERS of psapi.h
        _fields_ = [("cb", ctypes.c_uint32), ("faults", ctypes.c_uint32)] + [
            (name, ctypes.c_size_t) for name in ("peak", "now", "a", "b", "c", "d", "e", "f")
        ]

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    current = ctypes.c_void_p(-1)  # GetCurrentProcess
    ctypes.windll.psapi.GetProcessMemoryInfo(current, ctypes.byref(counters), counters.cb)
    return int(counters.peak)


def main(result: str, stop: str) -> int:
    workers = [Worker(seed) for seed in range(THREADS)]
    began = time.perf_counter_ns()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    nanoseconds = time.perf_counter_ns() - began
    totals = {
        name: sum(getattr(worker, name) for worker in workers)
        for name in ("allocations", "reallocations", "frees", "damaged")
    }
    operations = THREADS * OPERATIONS
    measurement = {
        "threads": THREADS,
        "operations": operations,
        "ns_per_operation": nanoseconds / operations,
        "peak_memory": peak_memory(),
        **totals,
    }
    with open(result + ".draft", "w", encoding="utf-8") as file:
        json.dump(measurement, file)
    os.replace(result + ".draft", result)  # a reader never sees a part of it
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and not os.path.exists(stop):
        time.sleep(0.02)
    intact = all(block is None or is_intact(block) for worker in workers for block in worker.slots)
    return 0 if intact and totals["damaged"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
