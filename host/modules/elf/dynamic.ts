import type { ByteSource } from "../byte-source.js";
import { functionLimit } from "../function-table.js";
import { type ElfHeaders, segmentDynamic, segmentLoaded, wordAt } from "./headers.js";
import type { SymbolTable } from "./symbol-table.js";

/** What the dynamic section of an ELF image says: it is there without section headers, and in memory. */
export interface DynamicSection {
    readonly symbols: SymbolTable;
    /** Position of the library's own name; null: it has none. */
    readonly nameAt: number | null;
}

/**
 * Reads it.
 *
 * @param loadedAt address of the image's first page in memory; null: `bytes` is a file
 * @returns null if there is none
 * @throws UnreadableFile
 */
export function readDynamicSection(
    bytes: ByteSource,
    headers: ElfHeaders,
    loadedAt: number | null,
): DynamicSection | null {
    const { is64Bit } = headers;
    const segment = headers.segments.find(({ type }) => type === segmentDynamic);
    if (segment === undefined) return null;
    const positionOf = loadedAt === null ? inFile(headers) : inMemory(headers, loadedAt);
    const start = positionOf(segment.address);
    if (start === null) return null;
    const tags = readTags(bytes, start, segment.addressBytes, is64Bit);
    const position = (tag: number): number | null => {
        const address = tags.get(tag);
        return address === undefined ? null : positionOf(address);
    };
    const [from, names] = [position(tagSymbols), position(tagStrings)];
    if (from === null || names === null) return null;
    const count = countSymbols(bytes, position(tagHash), position(tagGnuHash), is64Bit);
    const nameOffset = tags.get(tagOwnName);
    return {
        symbols: { from, count, names, namesBytes: tags.get(tagStringsBytes) ?? 0 },
        nameAt: nameOffset === undefined ? null : names + nameOffset,
    };
}

/** `DT_HASH` and so on. */
const [tagHash, tagStrings, tagSymbols, tagStringsBytes, tagOwnName, tagGnuHash] = [4, 5, 6, 10, 14, 0x6ffffef5];
/** Libraries have about thirty. */
const entryLimit = 1024;

function readTags(bytes: ByteSource, start: number, size: number, is64Bit: boolean): Map<number, number> {
    const entryBytes = is64Bit ? 16 : 8;
    const table = bytes.at(start, Math.min(size, entryLimit * entryBytes));
    const tags = new Map<number, number>();
    for (let at = 0; at + entryBytes <= table.length; at += entryBytes) {
        const tag = table.readUInt32LE(at);
        if (tag === 0) break;
        tags.set(tag, wordAt(table, is64Bit, at + 8, at + 4));
    }
    return tags;
}

/** File offset of an address that the image is linked for. */
function inFile({ segments }: ElfHeaders): (address: number) => number | null {
    return (address) => {
        const segment = segments.find(
            ({ type, address: first, bytes }) => type === segmentLoaded && address >= first && address < first + bytes,
        );
        return segment === undefined ? null : segment.from + address - segment.address;
    };
}

/** Address in memory. The loader has relocated some tags already, depending on the C library. */
function inMemory({ firstAddress, imageBytes }: ElfHeaders, loadedAt: number): (address: number) => number | null {
    return (address) => {
        if (address >= loadedAt && address < loadedAt + imageBytes) return address;
        const offset = address - firstAddress;
        return offset >= 0 && offset < imageBytes ? loadedAt + offset : null;
    };
}

/** The symbol table has no size of its own; a hash table has one entry for each symbol. */
function countSymbols(bytes: ByteSource, hash: number | null, gnuHash: number | null, is64Bit: boolean): number {
    if (hash !== null) return bytes.at(hash, 8).readUInt32LE(4);
    return gnuHash === null ? 0 : countByGnuHash(bytes, gnuHash, is64Bit);
}

/** Of the symbols that it has: the last one ends the chain of the highest bucket. */
function countByGnuHash(bytes: ByteSource, at: number, is64Bit: boolean): number {
    const head = bytes.at(at, 16);
    const [buckets, first, bloomWords] = [head.readUInt32LE(0), head.readUInt32LE(4), head.readUInt32LE(8)];
    if (buckets > functionLimit || bloomWords > functionLimit) return 0;
    const bucketsAt = at + 16 + bloomWords * (is64Bit ? 8 : 4);
    const table = bytes.at(bucketsAt, buckets * 4);
    let last = 0;
    for (let each = 0; each < buckets; each++) last = Math.max(last, table.readUInt32LE(each * 4));
    if (last < first || last > functionLimit) return 0;
    const chain = bytes.upTo(bucketsAt + buckets * 4 + (last - first) * 4, chainBytes);
    for (let each = 0; each + 4 <= chain.length; each += 4) {
        if ((chain[each]! & 1) !== 0) return last + each / 4 + 1;
    }
    return last + 1;
}

/** A chain has a handful of entries. */
const chainBytes = 4096;
