import type { ProgramBytes } from "./program-bytes.js";
import { positionOf, type ProgramHeaders } from "./program-headers.js";

/**
 * The version in a program's resources, as Windows shows it: four numbers with dots between them. Follows one way through
 * the tree, type, first name, first language, so that no tree can lead round in circles.
 *
 * @returns null where there is none
 * @throws UnreadableFile where the file ends before its resources do
 */
export function readVersion(bytes: ProgramBytes, headers: ProgramHeaders): string | null {
    const root = headers.resources;
    const names = root === 0 ? null : entryOf(bytes, headers, root, (id) => id === VERSION_TYPE);
    const languages = names === null ? null : entryOf(bytes, headers, root + names, () => true);
    const leaf = languages === null ? null : entryOf(bytes, headers, root + languages, () => true);
    const data = leaf === null ? null : read(bytes, headers, root + leaf, 8);
    if (data === null) return null;
    const size = Math.min(data.readUInt32LE(4), MAX_INFORMATION);
    const information = read(bytes, headers, data.readUInt32LE(0), size);
    const fixed = information?.indexOf(FIXED_INFORMATION) ?? -1;
    if (information === null || fixed < 0 || fixed + 16 > information.length) return null;
    const [high, low] = [information.readUInt32LE(fixed + 8), information.readUInt32LE(fixed + 12)];
    return [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff].join(".");
}

/** Number of the type of resource that holds a version. */
const VERSION_TYPE = 16;
/** How the fixed part of a version begins: 0xFEEF04BD; then the version of the structure, then that of the file. */
const FIXED_INFORMATION = Buffer.from([0xbd, 0x04, 0xef, 0xfe]);
/** Some hundred bytes are usual. */
const MAX_INFORMATION = 65_536;
/** More entries than any program has in one directory. */
const MAX_ENTRIES = 4096;
/** Set in an offset that leads to a directory, not to data. */
const DIRECTORY = 0x8000_0000;

/** Offset of the first entry of a directory that fits, counted from the root; null where there is none. */
function entryOf(
    bytes: ProgramBytes,
    headers: ProgramHeaders,
    directory: number,
    fits: (id: number) => boolean,
): number | null {
    const head = read(bytes, headers, directory, 16);
    if (head === null) return null;
    const count = Math.min(head.readUInt16LE(12) + head.readUInt16LE(14), MAX_ENTRIES);
    const entries = read(bytes, headers, directory + 16, 8 * count);
    if (entries === null) return null;
    for (let at = 0; at < entries.length; at += 8)
        if (fits(entries.readUInt32LE(at))) return (entries.readUInt32LE(at + 4) & ~DIRECTORY) >>> 0;
    return null;
}

function read(bytes: ProgramBytes, headers: ProgramHeaders, address: number, count: number): Buffer | null {
    const position = positionOf(headers, address, count);
    return position === null ? null : bytes.at(position, count);
}
