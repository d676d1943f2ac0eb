import { UnreadableFile } from "../../files/system-error.js";
import type { ByteSource } from "../byte-source.js";

/** Headers of a Linux program or library for x86 or x64, as in elf(5). */
export interface ElfHeaders {
    readonly is64Bit: boolean;
    /** Address that its first page is linked for. */
    readonly firstAddress: number;
    /** Of the address space that it takes, in bytes. */
    readonly imageBytes: number;
    readonly segments: readonly Segment[];
    /** Its section headers: where they begin, and how many there are. They are not loaded into memory. */
    readonly sections: { readonly from: number; readonly count: number };
}

export interface Segment {
    /** `PT_LOAD`, `PT_DYNAMIC` or another. */
    readonly type: number;
    readonly isCode: boolean;
    /** Offset and size in the file. */
    readonly from: number;
    readonly bytes: number;
    /** Linked for this address, and the size of what is mapped there. */
    readonly address: number;
    readonly addressBytes: number;
}

/** Types of segments. */
export const [segmentLoaded, segmentDynamic] = [1, 2];

/** The least page size: segments begin at any address, mappings at one that is divided by this. */
export const pageBytes = 4096;

/**
 * Reads the headers. Not with a library: those read the whole file into memory, and take minutes for one with many symbols.
 *
 * @param start offset of the ELF header
 * @throws UnreadableFile if it is no such file
 */
export function readElfHeaders(bytes: ByteSource, start = 0): ElfHeaders {
    const refuse = (reason: string) => new UnreadableFile(bytes.file, reason);
    const head = bytes.at(start, headerBytes32);
    const [pointer, endianness] = [head[4], head[5]];
    if (head.toString("latin1", 0, 4) !== "\x7fELF") throw refuse("it is no ELF file");
    if ((pointer !== 1 && pointer !== 2) || endianness !== 1) throw refuse("it is no program for x86 or x64");
    const is64Bit = pointer === 2;
    const header = is64Bit ? bytes.at(start, headerBytes64) : head;
    const counts = header.subarray(is64Bit ? 54 : 42);
    const [segmentBytes, segmentCount, sectionBytes, sectionCount] = [0, 2, 4, 6].map((at) => counts.readUInt16LE(at));
    if (segmentBytes !== (is64Bit ? 56 : 32)) throw refuse("its program headers have another format");
    if (segmentCount! > maxSegments) throw refuse(`it has ${segmentCount} program headers`);
    const table = bytes.at(start + wordAt(header, is64Bit, 32, 28), segmentCount! * segmentBytes);
    const segments = Array.from({ length: segmentCount! }, (_, index) =>
        readSegment(table.subarray(index * segmentBytes), is64Bit),
    );
    const loaded = segments.filter(({ type }) => type === segmentLoaded);
    if (loaded.length === 0) throw refuse("it has nothing to load");
    const lowest = Math.min(...loaded.map(({ address }) => address));
    const firstAddress = lowest - (lowest % pageBytes);
    return {
        is64Bit,
        firstAddress,
        imageBytes: Math.max(...loaded.map(({ address, addressBytes }) => address + addressBytes)) - firstAddress,
        segments,
        sections: {
            from: wordAt(header, is64Bit, 40, 32),
            count: sectionBytes === sectionHeaderBytes(is64Bit) ? sectionCount! : 0,
        },
    };
}

/** Of one entry. */
export function sectionHeaderBytes(is64Bit: boolean): number {
    return is64Bit ? 64 : 40;
}

/**
 * A number as wide as a pointer.
 *
 * @returns 2^50 for larger ones: no file has that offset and no program that address, and sums of it are exact
 */
export function wordAt(buffer: Buffer, is64Bit: boolean, at64: number, at32: number): number {
    if (!is64Bit) return buffer.readUInt32LE(at32);
    const high = buffer.readUInt32LE(at64 + 4);
    return high >= 2 ** 18 ? 2 ** 50 : high * 2 ** 32 + buffer.readUInt32LE(at64);
}

const [headerBytes32, headerBytes64] = [52, 64];
/** Programs have about a dozen. */
const maxSegments = 256;

function readSegment(entry: Buffer, is64Bit: boolean): Segment {
    const flags = entry.readUInt32LE(is64Bit ? 4 : 24);
    return {
        type: entry.readUInt32LE(0),
        isCode: (flags & 1) !== 0,
        from: wordAt(entry, is64Bit, 8, 4),
        address: wordAt(entry, is64Bit, 16, 8),
        bytes: wordAt(entry, is64Bit, 32, 16),
        addressBytes: wordAt(entry, is64Bit, 40, 20),
    };
}
