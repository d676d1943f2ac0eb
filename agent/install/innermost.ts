import { directTarget, instructionsFrom } from "./instructions.js";

/** How far into a function a call of its inner one is looked for: those that only pass on are shorter. */
const READ_BYTES = 96;

/**
 * Functions that only pass a request on to the `_base` function of the same name, as Microsoft's `malloc` does to its
 * `_malloc_base`. Their original is the inner one's: otherwise a request that the pool could not serve would meet the
 * hooked inner function and be counted twice. Wine passes on the other way round, so the code itself has to tell.
 */
export function findInner(functions: Map<string, NativePointer>): Map<string, string> {
    const inner = new Map<string, string>();
    for (const [name, address] of functions) {
        const base = baseName(name);
        const target = functions.get(base);
        if (target !== undefined && leadsTo(address, target)) inner.set(name, base);
    }
    return inner;
}

/** `malloc` to `_malloc_base`, `_msize` to `_msize_base`. */
function baseName(name: string): string {
    return `${name.startsWith("_") ? "" : "_"}${name}_base`;
}

function leadsTo(from: NativePointer, to: NativePointer): boolean {
    for (const instruction of instructionsFrom(from, READ_BYTES)) {
        const branches = instruction.mnemonic === "call" || instruction.mnemonic === "jmp";
        if (branches && directTarget(instruction)?.equals(to) === true) return true;
        if (instruction.mnemonic === "ret" || instruction.mnemonic === "jmp") return false;
    }
    return false;
}
