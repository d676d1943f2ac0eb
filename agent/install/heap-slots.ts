import { heapImports } from "../../shared/layout.js";
import { platform } from "../process/platform/index.js";
import { readImports } from "./import-table.js";

/** A slot of a C runtime's import table through which it calls the system's heap. */
export interface HeapSlot {
    /** Name of the function, as kernel32 has it; the C that takes its place is `import_<name>`. */
    name: string;
    address: NativePointer;
    /** What the slot leads to before the hooks are written. */
    original: NativePointer;
    protection: number;
}

/** The slots of a module that lead to functions of the system's heap which get blocks of the runtime. */
export function findHeapSlots(module: Module): HeapSlot[] {
    return readImports(module).flatMap(({ name, slot }) => {
        const entry = heapImports.find((one) => one.name === name || one.inner === name);
        if (entry === undefined) return [];
        const { protection } = Process.getRangeByAddress(slot);
        return [
            {
                name: entry.name,
                address: slot,
                original: slot.readPointer(),
                protection: platform().protectionNumber(protection),
            },
        ];
    });
}

/** Macros with the originals, for the C. */
export function heapOriginals(slots: readonly HeapSlot[]): Record<string, NativePointer> {
    return Object.fromEntries(
        heapImports.map(({ name }) => [`ORIGINAL_${name}`, slots.find((slot) => slot.name === name)?.original ?? NULL]),
    );
}
