import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import type { Runtime } from "./find-runtimes.js";
import { findInner } from "./innermost.js";
import { relocatedBytes, relocatePrologue } from "./prologue.js";
import type { Taken } from "./taken.js";

/** A function prologue that will be overwritten by a jump. */
export interface Site {
    name: string;
    /** Name of the C function that replaces it. */
    entry: string;
    address: NativePointer;
    protection: number;
    /** Within reach of a five-byte jump; leads to the replacement once that is known. */
    relay: Relay;
}

/** An absolute jump within reach of a near jump. */
export interface Relay {
    address: NativePointer;
    setTarget(to: NativePointer): void;
}

export interface BuiltSites {
    sites: Site[];
    /** By replacement: code with the effect of the original function. */
    originals: Map<string, NativePointer>;
    /** Makes the memory of trampolines and relays read-only, once each relay has its target. */
    seal: () => void;
}

/** A trampoline, and a relay. */
const slotBytes = relocatedBytes + 32;

/**
 * Builds a trampoline to the original and a relay for the jump, for each function of a runtime. Changes no function.
 *
 * @param trampolines by address, of functions that have a site already: they get none. Those that are built are added.
 * @throws Refusal UNHOOKABLE if a prologue can't be relocated, NO_ROOM
 */
export function buildSites(runtime: Runtime, trampolines: Map<string, NativePointer>, taken: Taken): BuiltSites {
    const slots = new Slots(taken);
    const sites: Site[] = [];
    for (const [name, address] of runtime.functions) {
        if (trampolines.has(address.toString())) continue;
        const slot = slots.next(address, runtime.functions.size);
        const relay = slot.add(relocatedBytes);
        relocatePrologue(name, address, slot);
        trampolines.set(address.toString(), slot);
        sites.push({
            name,
            entry: entryOf(runtime, name),
            address,
            protection: platform().protectionNumber(Process.getRangeByAddress(address).protection),
            relay: { address: relay, setTarget: (to) => writeJump(relay, to) },
        });
    }
    return { sites, originals: originalsOf(runtime, trampolines), seal: () => slots.seal() };
}

function entryOf(runtime: Runtime, name: string): string {
    if (runtime.overridden.has(name)) return `crt_library_${name}`;
    return `replace_${runtime.replacements.get(name) ?? name}`;
}

function originalsOf(runtime: Runtime, trampolines: ReadonlyMap<string, NativePointer>): Map<string, NativePointer> {
    const originals = new Map(
        [...runtime.functions].map(([name, address]) => [name, trampolines.get(address.toString())!]),
    );
    const own = new Map(originals);
    for (const [name, replacement] of runtime.replacements) {
        if (!originals.has(replacement)) originals.set(replacement, own.get(name)!);
    }
    for (const [alias, name] of runtime.aliases) originals.set(alias, own.get(name)!);
    for (const [outer, inner] of findInner(runtime.functions)) originals.set(outer, own.get(inner)!);
    return originals;
}

/** Executable memory within reach of the functions, for each module in which there are some. */
class Slots {
    readonly #byModule = new Map<string, { base: NativePointer; bytes: number; used: number }>();

    constructor(readonly taken: Taken) {}

    /** @param most slots that a module may need */
    next(address: NativePointer, most: number): NativePointer {
        const near = Process.findModuleByAddress(address)?.base ?? address;
        let block = this.#byModule.get(near.toString());
        if (block === undefined) {
            const bytes = Math.ceil((slotBytes * most) / Process.pageSize) * Process.pageSize;
            block = { base: this.#allocate(bytes, near), bytes, used: 0 };
            this.#byModule.set(near.toString(), block);
        }
        return block.base.add(slotBytes * block.used++);
    }

    #allocate(bytes: number, near: NativePointer): NativePointer {
        const base = platform().allocateNear(bytes, near);
        if (base === null) throw new Refusal("NO_ROOM", `the system refused ${bytes} bytes near ${near.toString()}`);
        this.taken.add(() => platform().release(base, bytes));
        return base;
    }

    seal(): void {
        for (const { base, bytes } of this.#byModule.values()) Memory.protect(base, bytes, "r-x");
    }
}

function writeJump(at: NativePointer, to: NativePointer): void {
    const writer = new X86Writer(at, { pc: at });
    writer.putJmpAddress(to);
    writer.flush();
    writer.dispose();
}
