"""Frida's agents in a program, seen from outside: the files of that name which it has loaded."""

from __future__ import annotations

import re
import sys

from .memory_map import Mapping, mappings


def count_agents(pid: int) -> int:
    """0 also if the program can't be inspected."""
    return len(agents_on_windows(pid) if sys.platform == "win32" else agents_on_linux(pid))


def agents_may_remain(pid: int) -> bool:
    """
    Whether agents that a killed worker left behind are harmless to the next one. In 32-bit Linux programs they are
    idle: Frida's helper, which serves all workers, lives on and keeps them. In other programs they are unloading, and
    another agent beside one ended 4 programs in 80.
    """
    return sys.platform == "linux" and all("frida-agent-32" in each.name for each in agent_mappings(pid))


def agents_on_linux(pid: int) -> set[str]:
    """Inodes: all agents have the same name."""
    return {each.inode for each in agent_mappings(pid)}


def agent_mappings(pid: int) -> list[Mapping]:
    try:
        return [each for each in mappings(pid) if re.search("frida-agent[^/]*$", each.name)]
    except OSError:
        return []


def agents_on_windows(pid: int) -> set[str]:
    """Paths."""
    import ctypes
    from ctypes import wintypes

    query_information_and_read, list_modules_all, capacity = 0x0400 | 0x0010, 3, 4096
    kernel32 = ctypes.WinDLL("kernel32")
    kernel32.OpenProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(kernel32.OpenProcess(query_information_and_read, False, pid))
    if not process:
        return set()
    try:
        modules = (wintypes.HMODULE * capacity)()
        needed = wintypes.DWORD()
        size = ctypes.sizeof(modules)
        kernel32.K32EnumProcessModulesEx(process, modules, size, ctypes.byref(needed), list_modules_all)
        count = min(needed.value, size) // ctypes.sizeof(wintypes.HMODULE)
        name = ctypes.create_unicode_buffer(wintypes.MAX_PATH)
        paths = set()
        for module in modules[:count]:
            if kernel32.K32GetModuleFileNameExW(process, wintypes.HMODULE(module), name, wintypes.MAX_PATH):
                paths.add(name.value)
        return {path for path in paths if re.search(r"frida-agent[^\\/]*$", path, re.IGNORECASE)}
    finally:
        kernel32.CloseHandle(process)
