/* winnt.h */
const eLfanew = 0x3c;
/* From the start of IMAGE_NT_HEADERS32. */
const resourceTable = 0x88;
const rtVersion = 16;
/** Bit of an offset in a resource directory: the offset is that of a subdirectory. */
const isDirectory = 0x80000000;
const directoryBytes = 16;
const directoryEntryBytes = 8;
const entryLimit = 256;
/* verrsrc.h, struct VS_FIXEDFILEINFO, 40 bytes into the resource */
const fixedInfo = 40;
const fixedInfoSignature = 0xfeef04bd;
const fileVersionHigh = 8;
const fileVersionLow = 12;

/**
 * The version of a 32-bit program, as four numbers with dots, from its image in memory. Null if it has no valid version
 * resource.
 */
export function readVersion(image: Module): string | null {
    try {
        const resource = findVersion(image);
        return resource === null ? null : readFixedInfo(resource);
    } catch {
        return null; // an offset is outside of the image
    }
}

function findVersion(image: Module): NativePointer | null {
    const headers = at(image, image.base.add(eLfanew).readU32());
    const table = headers.add(resourceTable).readU32();
    if (table === 0) return null;
    const byType = entryOf(at(image, table), (id) => id === rtVersion);
    if (byType === null || (byType & isDirectory) === 0) return null;
    let offset = byType & ~isDirectory;
    for (let level = 0; level < 2; level++) {
        const first = entryOf(at(image, table + offset), () => true);
        if (first === null) return null;
        if ((first & isDirectory) === 0) return at(image, at(image, table + first).readU32());
        offset = first & ~isDirectory;
    }
    return null;
}

/** The offset in the first entry that is wanted. */
function entryOf(directory: NativePointer, wanted: (id: number) => boolean): number | null {
    const named = directory.add(12).readU16();
    const count = Math.min(named + directory.add(14).readU16(), entryLimit);
    for (let index = 0; index < count; index++) {
        const entry = directory.add(directoryBytes + directoryEntryBytes * index);
        if (wanted(entry.readU32())) return entry.add(4).readU32();
    }
    return null;
}

function readFixedInfo(resource: NativePointer): string | null {
    const info = resource.add(fixedInfo);
    if (info.readU32() !== fixedInfoSignature) return null;
    const [high, low] = [info.add(fileVersionHigh).readU32(), info.add(fileVersionLow).readU32()];
    return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join(".");
}

function at(image: Module, offset: number): NativePointer {
    if (offset >= image.size) throw new RangeError("outside of the image");
    return image.base.add(offset);
}
