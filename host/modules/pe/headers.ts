import { UnreadableFile } from "../../files/system-error.js";
import type { ByteSource } from "../byte-source.js";

/** Headers of a Windows program or library. */
export interface ProgramHeaders {
    readonly is64Bit: boolean;
    /** Address that it is linked for; not exact above 2^53. */
    readonly imageBase: number;
    /** File offset of the field `Characteristics`, 16 bits. */
    readonly flagsAt: number;
    /** `Characteristics`. */
    readonly flags: number;
    /** `SizeOfImage`: of the address space that it takes, in bytes. */
    readonly imageBytes: number;
    readonly sections: readonly Section[];
    readonly exports: Directory;
    /** Address of the resources, relative to the image base; 0: none. */
    readonly resources: number;
}

/** A table that the headers point to. */
export interface Directory {
    /** Relative to the image base; 0: there is none. */
    readonly address: number;
    readonly bytes: number;
}

export interface Section {
    readonly name: string;
    /** Relative to the image base. */
    readonly address: number;
    /** Of the address space that it takes, in bytes. */
    readonly addressBytes: number;
    readonly isCode: boolean;
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
 * @throws UnreadableFile if it is no Windows program
 */
export function readHeaders(bytes: ByteSource): ProgramHeaders {
    const refuse = (reason: string) => new UnreadableFile(bytes.file, reason);
    const first = bytes.upTo(0, 0x40);
    if (first.length < 0x40 || first.toString("latin1", 0, 2) !== "MZ") throw refuse("it is no Windows program");
    const start = first.readUInt32LE(0x3c);
    const head = bytes.at(start, fileHeaderBytes);
    if (head.toString("latin1", 0, 4) !== "PE\0\0") throw refuse("it is no Windows program");
    const count = head.readUInt16LE(6);
    if (count > maxSections) throw refuse(`it has ${count} sections, more than Windows loads`);
    const table = bytes.at(start + fileHeaderBytes + head.readUInt16LE(20), count * sectionHeaderBytes);
    return {
        ...readOptionalHeader(bytes, start + fileHeaderBytes, head.readUInt16LE(4)),
        flagsAt: start + 22,
        flags: head.readUInt16LE(22),
        sections: Array.from({ length: count }, (_, index) => readSection(table.subarray(index * sectionHeaderBytes))),
    };
}

/**
 * The same of a 32-bit program.
 *
 * @throws UnreadableFile if it is no 32-bit Windows program
 */
export function read32BitHeaders(bytes: ByteSource): ProgramHeaders {
    const headers = readHeaders(bytes);
    if (headers.is64Bit) throw new UnreadableFile(bytes.file, "it is no 32-bit program");
    return headers;
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

/** Bytes of: signature and file header; one section header. */
const [fileHeaderBytes, sectionHeaderBytes] = [24, 40];
/** `Machine` of the file header, and `Magic` of the optional header, for x86 and for x64. */
const [machine32Bits, magic32Bits] = [0x014c, 0x010b];
const [machine64Bits, magic64Bits] = [0x8664, 0x020b];
/** The Windows loader's limit. */
const maxSections = 96;

type OptionalHeader = Pick<ProgramHeaders, "is64Bit" | "imageBase" | "imageBytes" | "exports" | "resources">;

function readOptionalHeader(bytes: ByteSource, start: number, machine: number): OptionalHeader {
    const magic = bytes.at(start, 2).readUInt16LE();
    const is64Bit = machine === machine64Bits && magic === magic64Bits;
    if (!is64Bit && (machine !== machine32Bits || magic !== magic32Bits)) {
        throw new UnreadableFile(bytes.file, "it is no program for x86 or x64");
    }
    const directoriesAt = is64Bit ? 112 : 96;
    const header = bytes.at(start, directoriesAt + 8 * 3); // up to the third directory
    const count = header.readUInt32LE(directoriesAt - 4);
    const directory = (index: number): Directory =>
        index < count
            ? {
                  address: header.readUInt32LE(directoriesAt + 8 * index),
                  bytes: header.readUInt32LE(directoriesAt + 8 * index + 4),
              }
            : { address: 0, bytes: 0 };
    return {
        is64Bit,
        imageBase: is64Bit ? Number(header.readBigUInt64LE(24)) : header.readUInt32LE(28),
        imageBytes: header.readUInt32LE(56),
        exports: directory(0),
        resources: directory(2).address,
    };
}

/** IMAGE_SCN_MEM_EXECUTE */
const executableFlag = 0x20000000;

function readSection(entry: Buffer): Section {
    const bytes = entry.readUInt32LE(16);
    return {
        name: entry.toString("latin1", 0, 8).replace(/\0.*$/s, ""),
        address: entry.readUInt32LE(12),
        addressBytes: entry.readUInt32LE(8) || bytes,
        isCode: (entry.readUInt32LE(36) & executableFlag) !== 0,
        bytes,
        from: entry.readUInt32LE(20),
    };
}
