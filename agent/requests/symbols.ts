import { type CodePlace, locatedAtOnce } from "../../shared/protocol.js";
import { system } from "../process/system/index.js";

/** How far into a function without a known length an address may be, in bytes. */
const FAR = 0x10000;
const NAME_LENGTH = 200;

/**
 * Tells of addresses in code where they lie. Names come from what is in memory, or in a Linux module's own file: no file of
 * symbols is loaded into the program.
 */
export function locate(addresses: readonly string[]): CodePlace[] {
    const names = new Map<string, NamedFunctions>();
    return addresses.slice(0, locatedAtOnce).map((text) => {
        const address = ptr(text);
        const module = Process.findModuleByAddress(address);
        if (module === null) return { module: null, offset: 0, function: null, into: 0 };
        let functions = names.get(module.path);
        if (functions === undefined) names.set(module.path, (functions = new NamedFunctions(module)));
        const offset = address.sub(module.base).toUInt32();
        return { module: module.name, offset, ...functions.around(offset) };
    });
}

interface NamedFunction {
    /** From the begin of the module. */
    start: number;
    /** 0: not known. */
    bytes: number;
    name: string;
}

/** The functions of a module that have names. */
class NamedFunctions {
    readonly #sorted: NamedFunction[];

    constructor(module: Module) {
        const found = new Map<number, NamedFunction>();
        const note = (address: NativePointer, name: string, bytes: number): void => {
            const start = address.sub(module.base).toUInt32();
            if (start < module.size && name !== "")
                found.set(start, { start, bytes, name: name.slice(0, NAME_LENGTH) });
        };
        for (const { type, name, address } of module.enumerateExports())
            if (type === "function") note(address, name, 0);
        if (system().name === "linux")
            for (const { type, name, address, size } of module.enumerateSymbols())
                if (type === "function") note(address, name, size ?? 0);
        this.#sorted = [...found.values()].sort((one, other) => one.start - other.start);
    }

    /** @param offset of a return address: the call before it counts */
    around(offset: number): Pick<CodePlace, "function" | "into"> {
        const last = this.#lastBefore(offset);
        const isInside = last !== undefined && offset - last.start <= (last.bytes || FAR);
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
