"""The code of a Linux program in which a thread can be in an allocation, or hold a lock that an allocation needs."""

from __future__ import annotations

import re
from typing import NamedTuple

from elftools.common.exceptions import ELFError
from elftools.elf.constants import P_FLAGS
from elftools.elf.elffile import ELFFile

from .memory_map import is_of_file, mappings

# A module that defines one of these allocates, makes threads, or links: libc, libpthread, a preloaded allocator, ld.so.
ALLOCATING_SYMBOLS = ("malloc", "pthread_create", "_rtld_global")
UNKNOWN = 0


class Module(NamedTuple):
    # Its executable addresses.
    code: range
    # The last of them, behind the end of the file's code: unused.
    tail: range


def allocating_modules(pid: int) -> list[Module]:
    """
    One for each of their mappings, of the program as it is now. A file that can't be read counts as one that allocates.
    Raises OSError if we may not read the memory map.
    """
    executable = [each for each in mappings(pid) if "x" in each.access and is_of_file(each)]
    code_ends = {path: end_of_allocating_code(pid, path) for path in {each.name for each in executable}}
    modules = []
    for each in executable:
        end = code_ends[each.name]
        if end is not None:
            modules.append(Module(each.addresses, tail_of(each.addresses, each.offset, end)))
    return modules


def end_of_allocating_code(pid: int, path: str) -> int | None:
    """
    If the file allocates: the offset at which its code ends, or UNKNOWN if it can't be read; else None. The program may
    have another root than we have.
    """
    file_name = re.sub(r" \(deleted\)$", "", path)
    try:
        with open(f"/proc/{pid}/root{file_name}", "rb") as file:
            elf = ELFFile(file)
            return code_end(elf) if defines_allocating_symbol(elf) else None
    except (OSError, ELFError, ValueError, AssertionError):
        return UNKNOWN


def code_end(elf: ELFFile) -> int:
    ends = [
        segment["p_offset"] + segment["p_filesz"]
        for segment in elf.iter_segments("PT_LOAD")
        if segment["p_flags"] & P_FLAGS.PF_X
    ]
    return ends[0] if len(ends) == 1 else UNKNOWN


def defines_allocating_symbol(elf: ELFFile) -> bool:
    hashed = elf.get_section_by_name(".gnu.hash")
    if hashed is None:
        symbols = elf.get_section_by_name(".dynsym")
        found = [symbols and (symbols.get_symbol_by_name(name) or [None])[0] for name in ALLOCATING_SYMBOLS]
    else:
        found = [hashed.get_symbol(name) for name in ALLOCATING_SYMBOLS]
    return any(symbol and symbol["st_shndx"] != "SHN_UNDEF" for symbol in found)


def tail_of(code: range, offset: int, code_end: int) -> range:
    """Empty if the code does not end in this mapping."""
    used = code_end - offset
    return code[used:] if 0 < used <= len(code) else code[len(code) :]
