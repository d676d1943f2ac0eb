import { bytesPerMb } from "../../../shared/bytes.js";
import type { ByteSource } from "../byte-source.js";
import { type FoundFunction, functionLimit } from "../function-table.js";
import { type ElfHeaders, wordAt } from "./headers.js";

/** Where a symbol table is, in a file or in memory. */
export interface SymbolTable {
    readonly from: number;
    /** Symbols in it, as its file claims. */
    readonly count: number;
    /** Position and size of the strings with their names. */
    readonly names: number;
    readonly namesBytes: number;
}

/**
 * Adds the functions of a symbol table that the module itself has, up to {@link functionLimit}.
 *
 * @param found they are added to it
 * @throws UnreadableFile
 */
export function addFunctions(bytes: ByteSource, headers: ElfHeaders, table: SymbolTable, found: FoundFunction[]): void {
    const { is64Bit, firstAddress, imageBytes } = headers;
    const entryBytes = symbolBytes(is64Bit);
    const count = Math.min(table.count, symbolLimit);
    const perPiece = Math.floor(bytesPerMb / entryBytes);
    for (let first = 0; first < count; first += perPiece) {
        const piece = bytes.upTo(table.from + first * entryBytes, Math.min(perPiece, count - first) * entryBytes);
        for (let at = 0; at + entryBytes <= piece.length; at += entryBytes) {
            if ((piece[at + (is64Bit ? 4 : 12)]! & 0xf) !== typeFunction) continue;
            const section = piece.readUInt16LE(at + (is64Bit ? 6 : 14));
            const name = piece.readUInt32LE(at);
            const start = wordAt(piece, is64Bit, at + 8, at + 4) - firstAddress;
            if (section === sectionUndefined || section === sectionAbsolute) continue;
            if (name === 0 || name >= table.namesBytes || start < 0 || start >= Math.min(imageBytes, 2 ** 32)) continue;
            if (found.length >= functionLimit) return;
            const length = wordAt(piece, is64Bit, at + 16, at + 8);
            found.push({ start, bytes: Math.min(length, 0xffffffff), nameAt: table.names + name });
        }
        if (piece.length < perPiece * entryBytes) return;
    }
}

/** Of one entry. */
export function symbolBytes(is64Bit: boolean): number {
    return is64Bit ? 24 : 16;
}

/** `STT_FUNC`; an indirect function's address is that of its resolver. */
const typeFunction = 2;
/** `SHN_UNDEF`: another module has it. `SHN_ABS`: it is no address in the module. */
const [sectionUndefined, sectionAbsolute] = [0, 0xfff1];
/** A table is read up to this many symbols. */
const symbolLimit = 4 * functionLimit;
