"""A loop in a Linux program for a thread that is to be found there, and the way back from it."""

import os
import struct

# Goes round until the word `release` is set, or for 2^33 to 3 * 2^32 ticks of the time stamp counter, some 2 to 6 s. It
# keeps all registers and flags, leaves alone what of the stack may be in use (x86-64: the 128 bytes beyond its end too),
# makes no system call, and ends by a jump to the address in `back`.
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


class HoldingLoop:
    """
    It lies behind the code of a module that allocates, where no thread counts as being at a safepoint: a worker that comes
    while a thread is in the loop of one that was killed waits until the loop is free.
    """

    def __init__(self, memory, address):
        self._memory = memory
        self.address = address

    @classmethod
    def prepare(cls, pid, modules):
        """None where there is no place for it. Raises OSError where we may not write there. Writes nothing yet."""
        places = ((module.tail.start + 7) & ~7 for module in modules if len(module.tail) >= LOOP_BYTES + 7)
        memory = os.open("/proc/%d/mem" % pid, os.O_RDWR | os.O_CLOEXEC)
        for address in places:
            if is_free(memory, address):
                return cls(memory, address)
        os.close(memory)
        return None

    def lead_back_to(self, address, is_32bit):
        """The thread must be stopped, outside of the loop."""
        code = code_at(self.address, is_32bit).ljust(RELEASE_OFFSET, b"\xcc")
        os.pwrite(self._memory, code + struct.pack("<QQ", 0, address), self.address)

    def release(self):
        try:
            os.pwrite(self._memory, struct.pack("<I", 1), self.address + RELEASE_OFFSET)
        except OSError:
            pass  # the program has ended
        self.close()

    def close(self):
        os.close(self._memory)


def is_free(memory, address):
    """Nothing is there, or the loop of a worker that came earlier."""
    try:
        found = os.pread(memory, LOOP_BYTES, address)
    except OSError:
        return False
    return found == bytes(LOOP_BYTES) or any(found.startswith(code_at(address, mode)) for mode in (False, True))


def code_at(address, is_32bit):
    if not is_32bit:
        return CODE_64
    release, back = (struct.pack("<I", (address + offset) & 0xFFFFFFFF).hex() for offset in (RELEASE_OFFSET, BACK_OFFSET))
    return bytes.fromhex(CODE_32.format(release=release, back=back))
