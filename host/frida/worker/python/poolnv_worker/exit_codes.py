"""
Exit codes of programs on Windows, where every process with a handle can read them. On Linux only the parent can, once,
and frida-core, which shares its process with us, is faster in one of ten.
"""

from __future__ import annotations

import threading
from typing import Any, Callable


def watch_exit(pid: int, report: Callable[[int], None]) -> None:
    """Calls `report` with the exit code, 0 to 2^32 - 1, from another thread; does nothing if the process has ended."""
    import ctypes

    synchronize, query_limited_information = 0x00100000, 0x1000
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.OpenProcess.restype = ctypes.c_void_p
    process = kernel32.OpenProcess(synchronize | query_limited_information, False, pid)
    if process:
        threading.Thread(target=wait, args=(kernel32, ctypes.c_void_p(process), report), daemon=True).start()


def wait(kernel32: Any, process: Any, report: Callable[[int], None]) -> None:
    import ctypes

    infinite, signaled = 0xFFFFFFFF, 0
    code = ctypes.c_uint32()
    if kernel32.WaitForSingleObject(process, infinite) == signaled:
        if kernel32.GetExitCodeProcess(process, ctypes.byref(code)):
            report(code.value)
    kernel32.CloseHandle(process)
