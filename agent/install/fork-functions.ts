import { Refusal } from "../refusal.js";
import { relocatePrologue } from "./prologue.js";

/** The functions of glibc that are replaced in cmodule/hooks/fork_linux.c. */
export const forkFunctionNames = ["_IO_list_lock", "_IO_list_unlock", "_IO_list_resetlock"] as const;

/**
 * The functions by which `fork` of glibc takes and releases its lock of all streams, by name: where the pool's locks are
 * taken, too. Empty if the library has no such functions or they can't be hooked.
 */
export function findForkFunctions(library: Module): Map<string, NativePointer> {
    const found = new Map<string, NativePointer>();
    for (const name of forkFunctionNames) {
        const address = library.findExportByName(name);
        if (address === null || !canBeHooked(name, address)) return new Map();
        found.set(name, address);
    }
    return found;
}

/** Whether these functions are among those that are hooked. */
export function hasForkFunctions(functions: ReadonlyMap<string, NativePointer>): boolean {
    return functions.has(forkFunctionNames[0]);
}

function canBeHooked(name: string, address: NativePointer): boolean {
    const scratch = Memory.alloc(Process.pageSize, { near: address, maxDistance: 0x7f000000 });
    try {
        relocatePrologue(name, address, scratch);
        return true;
    } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
    }
}
