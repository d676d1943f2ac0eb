"""The code of a Linux program in which its threads can be in the middle of an allocation, or hold what one needs."""

import collections
import re

from elftools.common.exceptions import ELFError
from elftools.elf.constants import P_FLAGS
from elftools.elf.elffile import ELFFile

from memory_map import is_of_file, mappings

# Whoever defines one of these allocates, makes threads, or links: libc and libpthread, an allocator put before them, ld.so.
TELLING_NAMES = ("malloc", "pthread_create", "_rtld_global")
UNKNOWN = 0

Module = collections.namedtuple("Module", "code tail")
"""Ranges of addresses: what of it can be executed, and the end of that, behind the file's code, which nothing uses."""


def allocating_modules(pid):
    """Of the program as it is now, one for each of their mappings. What can't be read is taken for one of them."""
    executable = [each for each in mappings(pid) if "x" in each.access and is_of_file(each)]
    code_ends = {path: end_of_allocating_code(pid, path) for path in {each.name for each in executable}}
    return [
        Module(each.addresses, tail_of(each.addresses, each.offset, code_ends[each.name]))
        for each in executable
        if code_ends[each.name] is not None
    ]


def end_of_allocating_code(pid, path):
    """
    The offset in the file at which the code ends, of a file that allocates; UNKNOWN where that can't be read; else None. The
    program may live in another root than we do.
    """
    try:
        with open("/proc/%d/root%s" % (pid, re.sub(r" \(deleted\)$", "", path)), "rb") as file:
            elf = ELFFile(file)
            return code_end(elf) if defines_telling_name(elf) else None
    except (OSError, ELFError, ValueError, AssertionError):
        return UNKNOWN


def code_end(elf):
    ends = [
        segment["p_offset"] + segment["p_filesz"]
        for segment in elf.iter_segments("PT_LOAD")
        if segment["p_flags"] & P_FLAGS.PF_X
    ]
    return ends[0] if len(ends) == 1 else UNKNOWN


def defines_telling_name(elf):
    hashed = elf.get_section_by_name(".gnu.hash")
    if hashed is None:
        symbols = elf.get_section_by_name(".dynsym")
        found = [symbols and (symbols.get_symbol_by_name(name) or [None])[0] for name in TELLING_NAMES]
    else:
        found = [hashed.get_symbol(name) for name in TELLING_NAMES]
    return any(symbol and symbol["st_shndx"] != "SHN_UNDEF" for symbol in found)


def tail_of(code, offset, code_end):
    """Empty where the code does not end in this mapping."""
    used = code_end - offset
    return code[used:] if 0 < used <= len(code) else code[len(code) :]
