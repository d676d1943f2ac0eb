import { fileOffsetOf, type ProgramHeaders } from "../modules/pe/headers.js";
import type { ProgramBytes } from "../modules/program-bytes.js";

/**
 * Reads the file version from a program's resources: four numbers with dots between them. Follows one path through the
 * tree (type, first name, first language), so a tree with cycles does no harm.
 *
 * @returns null if it has none
 * @throws UnreadableFile if the file ends before its resources do
 */
export function readVersion(bytes: ProgramBytes, headers: ProgramHeaders): string | null {
    const root = headers.resources;
    const names = root === 0 ? null : entryOf(bytes, headers, root, (id) => id === versionType);
    const languages = names === null ? null : entryOf(bytes, headers, root + names, () => true);
    const leaf = languages === null ? null : entryOf(bytes, headers, root + languages, () => true);
    const data = leaf === null ? null : read(bytes, headers, root + leaf, 8);
    if (data === null) return null;
    const size = Math.min(data.readUInt32LE(4), maxInfoBytes);
    const information = read(bytes, headers, data.readUInt32LE(0), size);
    const fixed = information?.indexOf(fixedInfoSignature) ?? -1;
    if (information === null || fixed < 0 || fixed + 16 > information.length) return null;
    const [high, low] = [information.readUInt32LE(fixed + 8), information.readUInt32LE(fixed + 12)];
    return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join(".");
}

/** RT_VERSION. */
const versionType = 16;
/** Signature of VS_FIXEDFILEINFO, 0xFEEF04BD; the file version follows 8 bytes after its start. */
const fixedInfoSignature = Buffer.from([0xbd, 0x04, 0xef, 0xfe]);
/** Usually some hundred bytes. */
const maxInfoBytes = 65_536;
/** More than any directory of a program has. */
const maxEntries = 4096;
/** Set in the offset of a directory, not in that of data. */
const directoryFlag = 0x8000_0000;

/** Offset, relative to the root, of the first entry of a directory that fits; null if none does. */
function entryOf(
    bytes: ProgramBytes,
    headers: ProgramHeaders,
    directory: number,
    fits: (id: number) => boolean,
): number | null {
    const head = read(bytes, headers, directory, 16);
    if (head === null) return null;
    const count = Math.min(head.readUInt16LE(12) + head.readUInt16LE(14), maxEntries);
    const entries = read(bytes, headers, directory + 16, 8 * count);
    if (entries === null) return null;
    for (let at = 0; at < entries.length; at += 8) {
        if (fits(entries.readUInt32LE(at))) return (entries.readUInt32LE(at + 4) & ~directoryFlag) >>> 0;
    }
    return null;
}

function read(bytes: ProgramBytes, headers: ProgramHeaders, address: number, count: number): Buffer | null {
    const position = fileOffsetOf(headers, address, count);
    return position === null ? null : bytes.at(position, count);
}
