import { type CodeSymbol, symbolizeLimit } from "../../shared/protocol/sampling.js";
import { platform } from "../process/platform/index.js";

/** How far into a function of unknown length an address may be, in bytes. */
const longestFunction = 0x10000;
const nameLength = 200;

/**
 * The symbols of code addresses. Names come from exports and, on Linux, from the module's own symbol table; no debug file
 * is loaded into the program.
 */
export function symbolize(addresses: readonly string[]): CodeSymbol[] {
    const names = new Map<string, NamedFunctions>();
    return addresses.slice(0, symbolizeLimit).map((text) => {
        const address = ptr(text);
        const module = Process.findModuleByAddress(address);
        if (module === null) return { module: null, offset: 0, function: null, into: 0 };
        let functions = names.get(module.path);
        if (functions === undefined) names.set(module.path, (functions = new NamedFunctions(module)));
        const offset = address.sub(module.base).toUInt32();
        return { module: module.name, offset, ...functions.containing(offset) };
    });
}

interface NamedFunction {
    /** Offset from the base of the module. */
    start: number;
    /** 0: unknown. */
    bytes: number;
    name: string;
}

/** The named functions of a module, sorted by address. */
class NamedFunctions {
    readonly #sorted: NamedFunction[];

    constructor(module: Module) {
        const found = new Map<number, NamedFunction>();
        const add = (address: NativePointer, name: string, bytes: number): void => {
            const start = address.sub(module.base).toUInt32();
            if (start < module.size && name !== "") found.set(start, { start, bytes, name: name.slice(0, nameLength) });
        };
        for (const { type, name, address } of module.enumerateExports()) if (type === "function") add(address, name, 0);
        if (platform().name === "linux") {
            for (const { type, name, address, size } of module.enumerateSymbols()) {
                if (type === "function") add(address, name, size ?? 0);
            }
        }
        this.#sorted = [...found.values()].sort((one, other) => one.start - other.start);
    }

    /** @param offset of a return address: the call instruction before it decides */
    containing(offset: number): Pick<CodeSymbol, "function" | "into"> {
        const last = this.#lastBefore(offset);
        const isInside = last !== undefined && offset - last.start <= (last.bytes || longestFunction);
        return isInside ? { function: last.name, into: offset - last.start } : { function: null, into: 0 };
    }

    #lastBefore(offset: number): NamedFunction | undefined {
        let low = 0;
        let high = this.#sorted.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.#sorted[middle]!.start < offset) low = middle + 1;
            else high = middle;
        }
        return this.#sorted[low - 1];
    }
}
