"""The memory map of a Linux process."""

import collections

Mapping = collections.namedtuple("Mapping", "addresses access offset inode name")
"""A range of addresses, its access in four letters, where in a file it begins, and that file: path or name in brackets."""


def mappings(pid):
    """From low addresses to high ones. OSError where it can't be seen."""
    with open("/proc/%d/maps" % pid, errors="replace") as lines:
        for line in lines:
            bounds, access, offset, _, inode, *name = line.rstrip("\n").split(None, 5)
            begin, end = (int(bound, 16) for bound in bounds.split("-"))
            yield Mapping(range(begin, end), access, int(offset, 16), inode, "".join(name))


def is_of_file(mapping):
    """Not what a program has made for itself, though it may have given that a name: Frida's agent has one."""
    return mapping.name.startswith("/") and not mapping.name.startswith("/memfd:")
