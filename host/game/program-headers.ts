import { UnreadableFile } from "../files/read-small-file.js";
import type { ProgramBytes } from "./program-bytes.js";

/** What the headers of a 32-bit Windows program say. */
export interface ProgramHeaders {
    readonly imageBase: number;
    /** Position in the file of the field with the large-address-aware flag, 16 bits. */
    readonly flagsAt: number;
    readonly flags: number;
    readonly sections: readonly Section[];
    /** Address of the resources, counted from the base; 0: there are none. */
    readonly resources: number;
}

export interface Section {
    readonly name: string;
    /** Counted from the base. */
    readonly address: number;
    /** Position and size in the file. */
    readonly from: number;
    readonly bytes: number;
}

/** Flag of the file header: the program can use addresses above 2 GB. */
export const LARGE_ADDRESS_AWARE = 0x0020;

/**
 * Reads the headers by the PE format's own table (Microsoft, "PE Format"). Not by a library, because those take the whole
 * file into memory, and once more for each section that a header claims.
 *
 * @throws UnreadableFile where it is no such program
 */
export function readHeaders(bytes: ProgramBytes): ProgramHeaders {
    const refuse = (reason: string) => new UnreadableFile(bytes.file, reason);
    if (bytes.size < 0x40 || bytes.at(0, 2).toString("latin1") !== "MZ") throw refuse("it is no Windows program");
    const start = bytes.at(0x3c, 4).readUInt32LE();
    const head = bytes.at(start, FILE_HEADER);
    if (head.toString("latin1", 0, 4) !== "PE\0\0") throw refuse("it is no Windows program");
    const optional = bytes.at(start + FILE_HEADER, OPTIONAL_HEADER);
    if (head.readUInt16LE(4) !== I386 || optional.readUInt16LE(0) !== PE32) throw refuse("it is no 32-bit program");
    const count = head.readUInt16LE(6);
    if (count > MAX_SECTIONS) throw refuse(`it claims ${count} sections, more than Windows takes`);
    const table = bytes.at(start + FILE_HEADER + head.readUInt16LE(20), count * SECTION_HEADER);
    const directories = optional.readUInt32LE(92);
    return {
        imageBase: optional.readUInt32LE(28),
        flagsAt: start + 22,
        flags: head.readUInt16LE(22),
        sections: Array.from({ length: count }, (_, index) => readSection(table.subarray(index * SECTION_HEADER))),
        resources: directories > 2 ? optional.readUInt32LE(96 + 8 * 2) : 0,
    };
}

/**
 * Position in the file of what lies at an address in memory.
 *
 * @param address counted from the base
 * @returns null where no section of the file has so many bytes there
 */
export function positionOf({ sections }: ProgramHeaders, address: number, count: number): number | null {
    const section = sections.find(({ address: first, bytes }) => address >= first && address + count <= first + bytes);
    return section === undefined ? null : section.from + address - section.address;
}

/** Signature and file header; the fields of the optional header up to the third directory; a section's entry. */
const [FILE_HEADER, OPTIONAL_HEADER, SECTION_HEADER] = [24, 96 + 8 * 3, 40];
const [I386, PE32] = [0x014c, 0x010b];
/** Windows' own limit. */
const MAX_SECTIONS = 96;

function readSection(entry: Buffer): Section {
    return {
        name: entry.toString("latin1", 0, 8).replace(/\0.*$/s, ""),
        address: entry.readUInt32LE(12),
        bytes: entry.readUInt32LE(16),
        from: entry.readUInt32LE(20),
    };
}
