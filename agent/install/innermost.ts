import { directTarget, instructionsFrom } from "./instructions.js";

/** How far a function is searched for a call of its inner one: wrappers are shorter. */
const readBytes = 96;

/**
 * Functions that only wrap the `_base` function of the same name, as Microsoft's `malloc` wraps `_malloc_base`. Their
 * original is that of the inner function: otherwise a request that the pool could not serve would enter the hooked inner
 * function and be counted twice. In Wine the `_base` function is the wrapper, so the code itself is searched for the call.
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
    for (const instruction of instructionsFrom(from, readBytes)) {
        const branches = instruction.mnemonic === "call" || instruction.mnemonic === "jmp";
        if (branches && directTarget(instruction)?.equals(to) === true) return true;
        if (instruction.mnemonic === "ret" || instruction.mnemonic === "jmp") return false;
    }
    return false;
}
