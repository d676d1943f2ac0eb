import type { ByteSource } from "../byte-source.js";
import { type FoundFunction, FunctionTable } from "../function-table.js";
import { readDynamicSection } from "./dynamic.js";
import { type ElfHeaders, sectionHeaderBytes, wordAt } from "./headers.js";
import { addFunctions, symbolBytes, type SymbolTable } from "./symbol-table.js";

/**
 * The named functions in an ELF file: what it exports, and its own symbol table, whose names go before.
 *
 * @throws UnreadableFile
 */
export function readFunctions(bytes: ByteSource, headers: ElfHeaders): FunctionTable {
    const found: FoundFunction[] = [];
    const sections = readSections(bytes, headers);
    const exported = tableOf(sections, typeExported, headers) ?? readDynamicSection(bytes, headers, null)?.symbols;
    const own = tableOf(sections, typeSymbols, headers);
    for (const table of [exported, own]) {
        if (table !== undefined) addFunctions(bytes, headers, table, found);
    }
    return new FunctionTable(found);
}

/**
 * The functions that an ELF image in memory exports.
 *
 * @param base address of its first page
 * @throws UnreadableFile
 */
export function readLoadedFunctions(memory: ByteSource, headers: ElfHeaders, base: number): FunctionTable {
    const found: FoundFunction[] = [];
    const table = readDynamicSection(memory, headers, base)?.symbols;
    if (table !== undefined) addFunctions(memory, headers, table, found);
    return new FunctionTable(found);
}

interface Section {
    type: number;
    from: number;
    bytes: number;
    /** Index of the section with the names of a symbol table. */
    link: number;
}

/** `SHT_SYMTAB` and `SHT_DYNSYM`. */
const [typeSymbols, typeExported] = [2, 11];
/** A file with more keeps their number elsewhere: none that is loaded has so many. */
const sectionLimit = 0xff00;

/** Empty if they have been stripped off. */
function readSections(bytes: ByteSource, { is64Bit, sections: { from, count } }: ElfHeaders): Section[] {
    if (from === 0 || count >= sectionLimit) return [];
    const entryBytes = sectionHeaderBytes(is64Bit);
    const table = bytes.upTo(from, count * entryBytes);
    return Array.from({ length: Math.floor(table.length / entryBytes) }, (_, index) => {
        const entry = table.subarray(index * entryBytes);
        return {
            type: entry.readUInt32LE(4),
            from: wordAt(entry, is64Bit, 24, 16),
            bytes: wordAt(entry, is64Bit, 32, 20),
            link: entry.readUInt32LE(is64Bit ? 40 : 24),
        };
    });
}

function tableOf(sections: readonly Section[], type: number, { is64Bit }: ElfHeaders): SymbolTable | undefined {
    const section = sections.find((each) => each.type === type);
    const strings = sections[section?.link ?? 0];
    if (section === undefined || strings === undefined) return undefined;
    return {
        from: section.from,
        count: Math.floor(section.bytes / symbolBytes(is64Bit)),
        names: strings.from,
        namesBytes: strings.bytes,
    };
}
