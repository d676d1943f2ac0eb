"""The memory map of a Linux process."""

from __future__ import annotations

from typing import Iterator, NamedTuple


class Mapping(NamedTuple):
    addresses: range
    # Four letters: `r-xp` is readable, executable and private.
    access: str
    # Where it begins in its file, in bytes.
    offset: int
    inode: str
    # Path of its file, a name in brackets such as `[heap]`, or empty.
    name: str


def mappings(pid: int) -> Iterator[Mapping]:
    """From low addresses to high ones. Raises OSError if we may not read it."""
    with open(f"/proc/{pid}/maps", errors="replace") as lines:
        for line in lines:
            bounds, access, offset, _, inode, *name = line.rstrip("\n").split(None, 5)
            begin, end = (int(bound, 16) for bound in bounds.split("-"))
            yield Mapping(range(begin, end), access, int(offset, 16), inode, "".join(name))


def is_of_file(mapping: Mapping) -> bool:
    """Whether a file is mapped, not anonymous memory that the program gave a name: Frida's agent has one."""
    return mapping.name.startswith("/") and not mapping.name.startswith("/memfd:")
