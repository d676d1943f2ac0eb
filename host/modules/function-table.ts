/** A table is cut off behind this many functions. Chromium has fewer. */
export const functionLimit = 0x100000;

/** How far into a function of unknown length an address may be, in bytes. */
const longestFunction = 0x10000;

/** A function whose name stays in the file until it is asked for. */
export interface FoundFunction {
    /** Offset from the base of the module. */
    readonly start: number;
    /** 0: unknown. */
    readonly bytes: number;
    /** Position of its name in the file or memory that was read. */
    readonly nameAt: number;
}

/** The named functions of a module by address. */
export class FunctionTable {
    #count = 0;
    readonly #starts: Uint32Array;
    readonly #bytes: Uint32Array;
    readonly #nameAt: Float64Array;

    /** @param found in any order, up to {@link functionLimit}; of several at one address the last one counts */
    constructor(found: readonly FoundFunction[]) {
        // Start and index in one number, which the engine sorts without calling back.
        const sorted = Float64Array.from(found, ({ start }, index) => start * functionLimit + index).sort();
        this.#starts = new Uint32Array(found.length);
        this.#bytes = new Uint32Array(found.length);
        this.#nameAt = new Float64Array(found.length);
        for (const key of sorted) this.#append(found[key % functionLimit]!);
    }

    get count(): number {
        return this.#count;
    }

    /** @param offset of a return address from the base of the module: the call instruction before it decides */
    containing(offset: number): FoundFunction | null {
        const index = this.#before(offset);
        if (index < 0) return null;
        const [start, bytes] = [this.#starts[index]!, this.#bytes[index]!];
        return offset - start <= (bytes || longestFunction) ? { start, bytes, nameAt: this.#nameAt[index]! } : null;
    }

    #append({ start, bytes, nameAt }: FoundFunction): void {
        const last = this.#count - 1;
        const isSame = last >= 0 && this.#starts[last] === start;
        const index = isSame ? last : this.#count++;
        this.#starts[index] = start;
        this.#bytes[index] = bytes || this.#bytes[index]!;
        this.#nameAt[index] = nameAt;
    }

    /** Index of the last function that starts before an offset; -1: there is none. */
    #before(offset: number): number {
        let low = 0;
        let high = this.#count;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.#starts[middle]! < offset) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
