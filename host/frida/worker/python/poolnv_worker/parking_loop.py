"""A loop in a Linux program in which one of its threads is parked, and the jump back from it."""

from __future__ import annotations

import os
import struct
from typing import Iterable

from .allocating_modules import Module

# Spins until the word `release` is set, or for 2^33 to 3 * 2^32 ticks of the time stamp counter, some 2 to 6 s. It
# keeps all registers and flags, does not touch the used part of the stack (x86-64: nor the red zone of 128 bytes),
# makes no system call, and ends with a jump to the address in `back`.
CODE_64 = bytes.fromhex(
    "48 8d 64 24 80"  # lea rsp, [rsp-128]
    "9c 50 52 53"  # pushfq; push rax; push rdx; push rbx
    "0f 31 89 d3"  # rdtsc; mov ebx, edx
    "83 3d 24 00 00 00 00"  # again: cmp dword [rip+release], 0
    "75 0b"  # jne out
    "f3 90 0f 31"  # pause; rdtsc
    "29 da 83 fa 03"  # sub edx, ebx; cmp edx, 3
    "72 ec"  # jb again
    "5b 5a 58 9d"  # out: pop rbx; pop rdx; pop rax; popfq
    "48 8d a4 24 80 00 00 00"  # lea rsp, [rsp+128]
    "ff 25 0d 00 00 00"  # jmp [rip+back]
)
CODE_32 = (
    "9c 50 52 53"  # pushfd; push eax; push edx; push ebx
    "0f 31 89 d3"  # rdtsc; mov ebx, edx
    "83 3d {release} 00"  # again: cmp dword [release], 0
    "75 0b"  # jne out
    "f3 90 0f 31"  # pause; rdtsc
    "29 da 83 fa 03"  # sub edx, ebx; cmp edx, 3
    "72 ec"  # jb again
    "5b 5a 58 9d"  # out: pop ebx; pop edx; pop eax; popfd
    "ff 25 {back}"  # jmp [back]
)
RELEASE_OFFSET, BACK_OFFSET, LOOP_BYTES = 56, 64, 72


class ParkingLoop:
    """
    It is in the unused tail of the code of a module that allocates, which is no safepoint: if a thread is still in the
    loop of a worker that was killed, the next worker waits until the thread has left it.
    """

    def __init__(self, memory: int, address: int) -> None:
        self._memory = memory
        self.address = address

    @classmethod
    def prepare(cls, pid: int, modules: Iterable[Module]) -> ParkingLoop | None:
        """None if no module has space for it. Raises OSError if we may not write to the program. Writes nothing yet."""
        places = ((module.tail.start + 7) & ~7 for module in modules if len(module.tail) >= LOOP_BYTES + 7)
        memory = os.open(f"/proc/{pid}/mem", os.O_RDWR | os.O_CLOEXEC)
        for address in places:
            if is_free(memory, address):
                return cls(memory, address)
        os.close(memory)
        return None

    def write(self, back: int, is_32bit: bool) -> None:
        """Writes the loop, which ends at the address `back`. The thread must be stopped, outside of the loop."""
        code = code_at(self.address, is_32bit).ljust(RELEASE_OFFSET, b"\xcc")
        os.pwrite(self._memory, code + struct.pack("<QQ", 0, back), self.address)

    def release(self) -> None:
        try:
            os.pwrite(self._memory, struct.pack("<I", 1), self.address + RELEASE_OFFSET)
        except OSError:
            pass  # the program has ended
        self.close()

    def close(self) -> None:
        os.close(self._memory)


def is_free(memory: int, address: int) -> bool:
    """Whether there are only zeros, or the loop of an earlier worker."""
    try:
        found = os.pread(memory, LOOP_BYTES, address)
    except OSError:
        return False
    return found == bytes(LOOP_BYTES) or any(found.startswith(code_at(address, mode)) for mode in (False, True))


def code_at(address: int, is_32bit: bool) -> bytes:
    if not is_32bit:
        return CODE_64
    release, back = (
        struct.pack("<I", (address + offset) & 0xFFFFFFFF).hex() for offset in (RELEASE_OFFSET, BACK_OFFSET)
    )
    return bytes.fromhex(CODE_32.format(release=release, back=back))
