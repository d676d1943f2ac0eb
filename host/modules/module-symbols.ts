import type { CodeSymbol } from "../../shared/protocol/sampling.js";
import { UnreadableFile } from "../files/system-error.js";
import { type ByteSource, textAt } from "./byte-source.js";
import { FunctionTable } from "./function-table.js";

/** Most characters of a name, and the bytes that are read for them. */
const [nameLength, nameBytes] = [200, 800];

/** Names of functions, to be had while their file is open. */
export interface NameSource {
    readonly functions: FunctionTable;
    readonly bytes: ByteSource;
}

/** The function of a module that contains an offset. */
export function functionAt(source: NameSource | null, offset: number): Pick<CodeSymbol, "function" | "into"> {
    const found = source?.functions.containing(offset) ?? null;
    const name = found === null ? "" : nameAt(source!.bytes, found.nameAt);
    return found === null || name === "" ? { function: null, into: 0 } : { function: name, into: offset - found.start };
}

/** Tables of files that have been read, the newest ones. */
export class TableCache {
    readonly #tables = new Map<string, FunctionTable>();

    /** @param identity of the file, another one when it changes */
    get(identity: string, read: () => FunctionTable): FunctionTable {
        const table = this.#tables.get(identity) ?? readableOrEmpty(read);
        this.#tables.delete(identity);
        this.#tables.set(identity, table);
        const [oldest] = this.#tables.keys();
        if (this.#tables.size > cachedTables && oldest !== undefined) this.#tables.delete(oldest);
        return table;
    }
}

/** What a file says, or null if it can't be read. */
export function orNull<T>(read: () => T): T | null {
    try {
        return read();
    } catch (error) {
        if (error instanceof UnreadableFile) return null;
        throw error;
    }
}

/** A table, or an empty one if its file can't be read. */
export function readableOrEmpty(read: () => FunctionTable): FunctionTable {
    return orNull(read) ?? new FunctionTable([]);
}

/** A program has about a hundred modules. */
const cachedTables = 256;

function nameAt(bytes: ByteSource, position: number): string {
    return orNull(() => textAt(bytes, position, nameBytes))?.slice(0, nameLength) ?? "";
}
