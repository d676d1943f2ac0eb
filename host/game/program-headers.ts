import { UnreadableFile } from "../files/system-error.js";
import type { ProgramBytes } from "./program-bytes.js";

/** Headers of a 32-bit Windows program. */
export interface ProgramHeaders {
    /** Address that it is linked for. */
    readonly imageBase: number;
    /** File offset of the field `Characteristics`, 16 bits. */
    readonly flagsAt: number;
    /** `Characteristics`. */
    readonly flags: number;
    readonly sections: readonly Section[];
    /** Address of the resources, relative to the image base; 0: none. */
    readonly resources: number;
}

export interface Section {
    readonly name: string;
    /** Relative to the image base. */
    readonly address: number;
    /** Offset and size in the file. */
    readonly from: number;
    readonly bytes: number;
}

/** IMAGE_FILE_LARGE_ADDRESS_AWARE: the program can use addresses above 2 GB. */
export const largeAddressAwareFlag = 0x0020;

/**
 * Reads the headers as Microsoft's "PE Format" lays them out. Not with a library: those read the whole file into memory,
 * and once more for each section that a header claims.
 *
 * @throws UnreadableFile if it is no 32-bit Windows program
 */
export function readHeaders(bytes: ProgramBytes): ProgramHeaders {
    const refuse = (reason: string) => new UnreadableFile(bytes.file, reason);
    if (bytes.size < 0x40 || bytes.at(0, 2).toString("latin1") !== "MZ") throw refuse("it is no Windows program");
    const start = bytes.at(0x3c, 4).readUInt32LE();
    const head = bytes.at(start, fileHeaderBytes);
    if (head.toString("latin1", 0, 4) !== "PE\0\0") throw refuse("it is no Windows program");
    const optional = bytes.at(start + fileHeaderBytes, optionalHeaderBytes);
    if (head.readUInt16LE(4) !== machineI386 || optional.readUInt16LE(0) !== magicPe32) {
        throw refuse("it is no 32-bit program");
    }
    const count = head.readUInt16LE(6);
    if (count > maxSections) throw refuse(`it has ${count} sections, more than Windows loads`);
    const table = bytes.at(start + fileHeaderBytes + head.readUInt16LE(20), count * sectionHeaderBytes);
    const directories = optional.readUInt32LE(92);
    return {
        imageBase: optional.readUInt32LE(28),
        flagsAt: start + 22,
        flags: head.readUInt16LE(22),
        sections: Array.from({ length: count }, (_, index) => readSection(table.subarray(index * sectionHeaderBytes))),
        resources: directories > 2 ? optional.readUInt32LE(96 + 8 * 2) : 0,
    };
}

/**
 * File offset of an address.
 *
 * @param address relative to the image base
 * @returns null if no section has `count` bytes of the file there
 */
export function fileOffsetOf({ sections }: ProgramHeaders, address: number, count: number): number | null {
    const section = sections.find(({ address: first, bytes }) => address >= first && address + count <= first + bytes);
    return section === undefined ? null : section.from + address - section.address;
}

/** Bytes of: signature and file header; optional header up to the third directory; one section header. */
const [fileHeaderBytes, optionalHeaderBytes, sectionHeaderBytes] = [24, 96 + 8 * 3, 40];
const [machineI386, magicPe32] = [0x014c, 0x010b];
/** The Windows loader's limit. */
const maxSections = 96;

function readSection(entry: Buffer): Section {
    return {
        name: entry.toString("latin1", 0, 8).replace(/\0.*$/s, ""),
        address: entry.readUInt32LE(12),
        bytes: entry.readUInt32LE(16),
        from: entry.readUInt32LE(20),
    };
}
