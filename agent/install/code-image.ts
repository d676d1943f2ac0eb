import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";

/**
 * Machine code in memory of the program's own, readable and executable. It contains no reference to memory of Frida, so it
 * works on after Frida has left.
 */
export interface CodeImage {
    /** Gives the memory back: for code that nothing calls. */
    free: () => void;
    /** Address of a function by its name in C; null if there is none of that name. */
    find: (name: string) => NativePointer | null;
}

/**
 * Compiles C that includes all that it calls, and moves the code out of Frida's memory.
 *
 * TinyCC compiles to the address where Frida has allocated memory, and keeps no relocations. Two compilations of one source
 * differ in the words that depend on the address, and only there; a third one is compared with what those words predict.
 *
 * @param source calls nothing but itself and constant addresses
 * @throws Refusal NO_ROOM if the system refuses memory for the code
 */
export function compileImage(source: string): CodeImage {
    const compiled = [new Compilation(source), new Compilation(source), new Compilation(source)] as const;
    const [first, second, third] = compiled;
    try {
        const bytes = sizeOf(first, second);
        const code = first.read(bytes);
        const words = findMovingWords(code, second.read(bytes), second.base.sub(first.base));
        if (!isSame(move(code, words, third.base.sub(first.base)), third.read(bytes))) throw immovable();
        const base = platform().allocate(bytes);
        if (base === null) throw new Refusal("NO_ROOM", `the system refused ${bytes} bytes for the pool's code`);
        base.writeByteArray(move(code, words, base.sub(first.base)).buffer as ArrayBuffer);
        Memory.protect(base, bytes, "r-x");
        const offsets = new Map([...first.symbols].map(([name, address]) => [name, address.sub(first.base)]));
        return {
            free: () => platform().free(base, bytes),
            find: (name) => {
                const names = [name, ...stdcallBytes.map((argumentBytes) => `_${name}@${argumentBytes}`)];
                const offset = names.map((each) => offsets.get(each)).find((each) => each !== undefined);
                return offset === undefined ? null : base.add(offset);
            },
        };
    } finally {
        for (const each of compiled) each.dispose();
    }
}

/** Bytes of arguments, which the names of stdcall functions end with. */
const stdcallBytes = [4, 12, 16] as const;

/** The first function of the source: the start of the code. */
const start = "pool_code_start";

/** A CModule, in memory of Frida's. */
class Compilation {
    readonly base: NativePointer;
    readonly symbols: ReadonlyMap<string, NativePointer>;
    readonly #module: CModule;

    constructor(source: string) {
        this.#module = new CModule(`void ${start}(void) {}\n${source}`, {}, { toolchain: "internal" });
        const entries = Object.entries(this.#module) as [string, unknown][];
        this.symbols = new Map(entries.flatMap(([name, at]) => (at instanceof NativePointer ? [[name, at]] : [])));
        this.base = this.symbol(start);
    }

    symbol(name: string): NativePointer {
        const address = this.symbols.get(name);
        if (address === undefined) throw new Error(`the compiled code has no ${name}`);
        return address;
    }

    read(bytes: number): DataView {
        return new DataView(this.base.readByteArray(bytes)!);
    }

    dispose(): void {
        this.#module.dispose();
    }
}

/** Size of the code with its constants, in whole pages. */
function sizeOf(one: Compilation, other: Compilation): number {
    const bytes = Math.max(one.symbol("_end").sub(one.base).toUInt32(), endOfTable(one, other));
    return Math.ceil(bytes / Process.pageSize) * Process.pageSize;
}

/** TinyCC puts its table of addresses behind `_end`, on x64 only; these words precede its entries. */
const tableHeadWords = 3;

function endOfTable(one: Compilation, other: Compilation): number {
    const table = one.symbols.get("_GLOBAL_OFFSET_TABLE_");
    if (table === undefined) return 0;
    const offset = table.sub(one.base).toUInt32();
    for (let end = offset + tableHeadWords * Process.pointerSize; ; end += Process.pointerSize) {
        const [here, there] = [pointerAt(one, end), pointerAt(other, end)];
        if (here === null || there === null || here.isNull()) return end;
        const isInside = here.sub(one.base).equals(there.sub(other.base));
        if (isInside) continue;
        // What follows on a new page is not ours.
        if (end % Process.pageSize === 0) return end;
        throw immovable();
    }
}

/** Null if there is no memory. */
function pointerAt({ base }: Compilation, offset: number): NativePointer | null {
    try {
        return base.add(offset).readPointer();
    } catch {
        return null;
    }
}

/** A word that depends on where the code is. */
interface MovingWord {
    offset: number;
    /** An address inside the code moves with it, the distance from the code to an address outside moves against it. */
    direction: 1 | -1;
}

/** Code is aligned to pages: the lowest byte of a word that moves is the same in both. */
const firstDifference = [1, 2, 3] as const;

function findMovingWords(code: DataView, other: DataView, distance: NativePointer): MovingWord[] {
    const by = distance.toInt32();
    const words: MovingWord[] = [];
    let at = 0;
    while (at < code.byteLength) {
        if (code.getUint8(at) === other.getUint8(at)) {
            at++;
            continue;
        }
        const word = firstDifference
            .map((before) => ({ offset: at - before, direction: directionAt(code, other, at - before, by) }))
            .find((each): each is MovingWord => each.direction !== null);
        if (word === undefined) throw immovable();
        words.push(word);
        at = word.offset + (word.direction === 1 ? Process.pointerSize : 4);
    }
    return words;
}

function directionAt(code: DataView, other: DataView, offset: number, by: number): 1 | -1 | null {
    if (offset < 0 || offset + 4 > code.byteLength) return null;
    const difference = (other.getInt32(offset, true) - code.getInt32(offset, true)) | 0;
    if (difference === by) return 1;
    return difference === (-by | 0) ? -1 : null;
}

/** A copy of the code as it is at another address. */
function move(code: DataView, words: readonly MovingWord[], by: NativePointer): DataView {
    const moved = new DataView(code.buffer.slice(0));
    for (const { offset, direction } of words) {
        if (direction === 1 && Process.pointerSize === 8) {
            const address = ptr(`0x${code.getBigUint64(offset, true).toString(16)}`).add(by);
            moved.setBigUint64(offset, BigInt(address.toString()), true);
        } else {
            moved.setInt32(offset, code.getInt32(offset, true) + direction * by.toInt32(), true);
        }
    }
    return moved;
}

function isSame(one: DataView, other: DataView): boolean {
    for (let at = 0; at < one.byteLength; at += 4) {
        if (one.getUint32(at, true) !== other.getUint32(at, true)) return false;
    }
    return true;
}

function immovable(): Error {
    return new Error("the compiled code refers to something outside of it and can't be moved");
}
