/* winnt.h */
const E_LFANEW = 0x3c;
/* From the start of IMAGE_NT_HEADERS32: number of sections, bytes of the optional header, the header itself. */
const SECTION_COUNT = 6;
const OPTIONAL_BYTES = 20;
const OPTIONAL_HEADER = 24;
/* struct IMAGE_SECTION_HEADER */
const SECTION_BYTES = 40;
const NAME_BYTES = 8;
const SECTION_LIMIT = 96;

/** Steam's protection puts its stub into a section of this name (xNVSE, `loader_common/IdentifyEXE.cpp`). */
const STUB_SECTION = ".bind";

/** Whether the program's code is encrypted until a stub of its own has run. */
export function isProtected(program: Module): boolean {
    try {
        const headers = program.base.add(program.base.add(E_LFANEW).readU32());
        const count = Math.min(headers.add(SECTION_COUNT).readU16(), SECTION_LIMIT);
        const first = headers.add(OPTIONAL_HEADER + headers.add(OPTIONAL_BYTES).readU16());
        return Array.from({ length: count }, (_, index) => nameOf(first.add(SECTION_BYTES * index))).includes(
            STUB_SECTION,
        );
    } catch {
        return false;
    }
}

function nameOf(section: NativePointer): string {
    const bytes = new Uint8Array(section.readByteArray(NAME_BYTES)!);
    return String.fromCharCode(...bytes.filter((byte) => byte !== 0));
}
