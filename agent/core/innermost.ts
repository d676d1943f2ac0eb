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
    const end = from.add(READ_BYTES);
    for (let at = from; at.compare(end) < 0;) {
        const instruction = parse(at);
        if (instruction === null) return false;
        const target = instruction.operands[0];
        const branches = instruction.mnemonic === "call" || instruction.mnemonic === "jmp";
        if (branches && target?.type === "imm" && ptr(target.value.toString()).equals(to)) return true;
        if (instruction.mnemonic === "ret" || instruction.mnemonic === "jmp") return false;
        at = instruction.next;
    }
    return false;
}

/** Null for bytes that are no instruction: data behind the function. */
function parse(at: NativePointer): X86Instruction | null {
    try {
        return Instruction.parse(at) as X86Instruction;
    } catch {
        return null;
    }
}
