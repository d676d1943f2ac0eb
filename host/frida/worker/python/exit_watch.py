"""
Tells the exit codes of programs on Windows, where whoever has a handle learns them. On Linux only the parent does, once,
and frida-core, which shares its process with us, is quicker in one of ten.
"""

import threading


def watch(pid, tell):
    """Calls `tell` with the exit code, 0 to 2^32 - 1, from a thread of its own. Does nothing where there is no such program."""
    import ctypes

    synchronize, query_limited_information = 0x00100000, 0x1000
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.OpenProcess.restype = ctypes.c_void_p
    process = kernel32.OpenProcess(synchronize | query_limited_information, False, pid)
    if process:
        threading.Thread(target=wait, args=(kernel32, ctypes.c_void_p(process), tell), daemon=True).start()


def wait(kernel32, process, tell):
    import ctypes

    infinite, signaled = 0xFFFFFFFF, 0
    code = ctypes.c_uint32()
    if kernel32.WaitForSingleObject(process, infinite) == signaled:
        if kernel32.GetExitCodeProcess(process, ctypes.byref(code)):
            tell(code.value)
    kernel32.CloseHandle(process)
