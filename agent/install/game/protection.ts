/* winnt.h */
const eLfanew = 0x3c;
/* From the start of IMAGE_NT_HEADERS32: number of sections, bytes of the optional header, the header itself. */
const sectionCount = 6;
const optionalBytes = 20;
const optionalHeader = 24;
/* struct IMAGE_SECTION_HEADER */
const sectionBytes = 40;
const nameBytes = 8;
const sectionLimit = 96;

/** Steam's protection puts its stub into a section of this name (xNVSE, `loader_common/IdentifyEXE.cpp`). */
const stubSection = ".bind";

/** Whether the program's code is encrypted until its stub has run. */
export function isProtected(program: Module): boolean {
    try {
        const headers = program.base.add(program.base.add(eLfanew).readU32());
        const count = Math.min(headers.add(sectionCount).readU16(), sectionLimit);
        const first = headers.add(optionalHeader + headers.add(optionalBytes).readU16());
        return Array.from({ length: count }, (_, index) => nameOf(first.add(sectionBytes * index))).includes(
            stubSection,
        );
    } catch {
        return false;
    }
}

function nameOf(section: NativePointer): string {
    const bytes = new Uint8Array(section.readByteArray(nameBytes)!);
    return String.fromCharCode(...bytes.filter((byte) => byte !== 0));
}
