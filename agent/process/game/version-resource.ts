/* winnt.h */
const E_LFANEW = 0x3c;
/* From the start of IMAGE_NT_HEADERS32. */
const RESOURCE_TABLE = 0x88;
const RT_VERSION = 16;
/** Of an offset in a resource directory: what is there is another directory. */
const IS_DIRECTORY = 0x80000000;
const DIRECTORY_BYTES = 16;
const DIRECTORY_ENTRY_BYTES = 8;
const ENTRY_LIMIT = 256;
/* verrsrc.h, struct VS_FIXEDFILEINFO, which stands 40 bytes into the resource */
const FIXED_INFO = 40;
const FIXED_INFO_SIGNATURE = 0xfeef04bd;
const FILE_VERSION_HIGH = 8;
const FILE_VERSION_LOW = 12;

/**
 * The version of a program of 32 bits, as four numbers with dots, read from its image in memory. Null where it has no
 * version resource, or none that can be read.
 */
export function readVersion(image: Module): string | null {
    try {
        const resource = findVersion(image);
        return resource === null ? null : readFixedInfo(resource);
    } catch {
        return null; // an offset that leads out of the image
    }
}

function findVersion(image: Module): NativePointer | null {
    const headers = at(image, image.base.add(E_LFANEW).readU32());
    const table = headers.add(RESOURCE_TABLE).readU32();
    if (table === 0) return null;
    const byType = entryOf(at(image, table), (id) => id === RT_VERSION);
    if (byType === null || (byType & IS_DIRECTORY) === 0) return null;
    let offset = byType & ~IS_DIRECTORY;
    for (let level = 0; level < 2; level++) {
        const first = entryOf(at(image, table + offset), () => true);
        if (first === null) return null;
        if ((first & IS_DIRECTORY) === 0) return at(image, at(image, table + first).readU32());
        offset = first & ~IS_DIRECTORY;
    }
    return null;
}

/** What an entry of a directory leads to. */
function entryOf(directory: NativePointer, wanted: (id: number) => boolean): number | null {
    const named = directory.add(12).readU16();
    const count = Math.min(named + directory.add(14).readU16(), ENTRY_LIMIT);
    for (let index = 0; index < count; index++) {
        const entry = directory.add(DIRECTORY_BYTES + DIRECTORY_ENTRY_BYTES * index);
        if (wanted(entry.readU32())) return entry.add(4).readU32();
    }
    return null;
}

function readFixedInfo(resource: NativePointer): string | null {
    const info = resource.add(FIXED_INFO);
    if (info.readU32() !== FIXED_INFO_SIGNATURE) return null;
    const [high, low] = [info.add(FILE_VERSION_HIGH).readU32(), info.add(FILE_VERSION_LOW).readU32()];
    return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join(".");
}

function at(image: Module, offset: number): NativePointer {
    if (offset >= image.size) throw new RangeError("outside of the image");
    return image.base.add(offset);
}
