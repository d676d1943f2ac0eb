import type { ByteSource } from "../byte-source.js";
import { type FoundFunction, functionLimit, FunctionTable } from "../function-table.js";
import { fileOffsetOf, type ProgramHeaders } from "./headers.js";

/**
 * The functions that a Windows module exports by name, as Microsoft's "PE Format" lays them out. Forwarders, which are in
 * another module, and data are left out.
 *
 * @throws UnreadableFile
 */
export function readExports(bytes: ByteSource, headers: ProgramHeaders): FunctionTable {
    const { exports } = headers;
    const head = exports.address === 0 ? null : block(bytes, headers, exports.address, directoryBytes);
    if (head === null) return new FunctionTable([]);
    const functionCount = Math.min(head.readUInt32LE(20), ordinals);
    const nameCount = Math.min(head.readUInt32LE(24), functionLimit);
    const functions = block(bytes, headers, head.readUInt32LE(28), functionCount * 4);
    const names = block(bytes, headers, head.readUInt32LE(32), nameCount * 4);
    const indices = block(bytes, headers, head.readUInt32LE(36), nameCount * 2);
    if (functions === null || names === null || indices === null) return new FunctionTable([]);
    const found: FoundFunction[] = [];
    for (let each = 0; each < nameCount; each++) {
        const index = indices.readUInt16LE(each * 2);
        const start = index < functionCount ? functions.readUInt32LE(index * 4) : 0;
        const nameAt = fileOffsetOf(headers, names.readUInt32LE(each * 4), 1);
        if (nameAt !== null && isFunction(headers, start)) found.push({ start, bytes: 0, nameAt });
    }
    return new FunctionTable(found);
}

const directoryBytes = 40;
/** An ordinal has 16 bits. */
const ordinals = 0x10000;

/** Null if no section has these bytes. */
function block(bytes: ByteSource, headers: ProgramHeaders, address: number, count: number): Buffer | null {
    const offset = fileOffsetOf(headers, address, count);
    return offset === null ? null : bytes.at(offset, count);
}

function isFunction({ exports, sections }: ProgramHeaders, address: number): boolean {
    const isForwarder = address >= exports.address && address < exports.address + exports.bytes;
    const isIn = ({ address: first, addressBytes }: ProgramHeaders["sections"][number]): boolean =>
        address >= first && address < first + addressBytes;
    return !isForwarder && sections.some((section) => section.isCode && isIn(section));
}
