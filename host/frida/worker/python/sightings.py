"""What can be seen of a program from outside."""

import os
import re
import sys

from memory_map import mappings


def is_traced(pid):
    """Whether a process of this Linux system is held by a tracer; never elsewhere."""
    return tracer_of(pid) is not None


def tracer_of(pid):
    """Pid of the process of this Linux system that holds it by ptrace, or None."""
    try:
        with open("/proc/%d/status" % pid, errors="replace") as status:
            tracer = next(int(line.split()[1]) for line in status if line.startswith("TracerPid:"))
            return tracer or None
    except (OSError, StopIteration, IndexError, ValueError):
        return None


def state_of(pid):
    """Of the main thread of a Linux process, by the kernel's letter: `t` is held by a tracer, `T` stopped. None: it has ended."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return None


def count_agents(pid):
    """How many of Frida's agents are in it: files of that name which it has loaded. 0 where it can't be seen."""
    return len(set(agents_on_windows(pid) if sys.platform == "win32" else agents_on_linux(pid)))


def agents_may_stay(pid):
    """
    In 32-bit Linux programs the agents of a worker that was killed stay as they are: Frida's helper, which is for all
    workers, lives on and holds them. They are at rest. Elsewhere one that stays is not, and another beside it has ended
    4 programs in 80.
    """
    return sys.platform == "linux" and all("frida-agent-32" in each.name for each in agent_mappings(pid))


def agents_on_linux(pid):
    """By inode: the names are alike."""
    return [each.inode for each in agent_mappings(pid)]


def agent_mappings(pid):
    try:
        return [each for each in mappings(pid) if re.search("frida-agent[^/]*$", each.name)]
    except OSError:
        return []


def agents_on_windows(pid):
    import ctypes
    from ctypes import wintypes

    query_information_and_read, list_modules_all, room = 0x0400 | 0x0010, 3, 4096
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.OpenProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(kernel32.OpenProcess(query_information_and_read, False, pid))
    if not process:
        return []
    try:
        modules = (wintypes.HMODULE * room)()
        needed = wintypes.DWORD()
        size = ctypes.sizeof(modules)
        kernel32.K32EnumProcessModulesEx(process, modules, size, ctypes.byref(needed), list_modules_all)
        count = min(needed.value, size) // ctypes.sizeof(wintypes.HMODULE)
        name = ctypes.create_unicode_buffer(wintypes.MAX_PATH)
        paths = []
        for module in modules[:count]:
            if kernel32.K32GetModuleFileNameExW(process, wintypes.HMODULE(module), name, wintypes.MAX_PATH):
                paths.append(name.value)
        return [path for path in paths if re.search(r"frida-agent[^\\/]*$", path, re.IGNORECASE)]
    finally:
        kernel32.CloseHandle(process)


def is_running(pid):
    """On Windows."""
    import ctypes

    query_limited_information = 0x1000
    process = ctypes.windll.kernel32.OpenProcess(query_limited_information, False, pid)
    if process:
        ctypes.windll.kernel32.CloseHandle(process)
    return bool(process)
