import { platform } from "../process/platform/index.js";
import { Refusal } from "../refusal.js";
import type { Runtime } from "./find-runtimes.js";
import { findInner } from "./innermost.js";
import { directTarget, instructionsFrom } from "./instructions.js";

/** A function prologue that will be overwritten by a jump. */
export interface Site {
    name: string;
    /** Name of the replacement, without `replace_`. */
    replacedBy: string;
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
    /** Holds trampolines and relays; retain it. */
    memory: NativePointer;
}

/** Length of a near jump, the least length of a prologue. */
export const jumpBytes = 5;
/** More than the relocated start of one function and two absolute jumps take. */
const slotBytes = 256;
/** Less than a near jump reaches, in bytes. */
const nearReach = 0x7f000000;
/** How far a function is searched for a jump back into its first bytes. */
const readAheadBytes = 512;

/**
 * Builds a trampoline to the original and a relay for the jump, for each function of a runtime. Changes no function.
 *
 * @throws Refusal UNHOOKABLE if a prologue can't be relocated
 */
export function buildSites(runtime: Runtime): BuiltSites {
    const bytes = Math.ceil((slotBytes * runtime.functions.size) / Process.pageSize) * Process.pageSize;
    const memory = Memory.alloc(bytes, { near: runtime.module.base, maxDistance: nearReach });
    Memory.protect(memory, bytes, "rwx");
    const trampolines = new Map<string, NativePointer>();
    const sites: Site[] = [];
    for (const [name, address] of runtime.functions) {
        const slot = memory.add(slotBytes * sites.length);
        const relay = slot.add(slotBytes - 32);
        trampolines.set(name, relocatePrologue(name, address, slot));
        sites.push({
            name,
            replacedBy: runtime.replacements.get(name) ?? name,
            address,
            protection: platform().protectionNumber(Process.getRangeByAddress(address).protection),
            relay: { address: relay, setTarget: (to) => writeJump(relay, to) },
        });
    }
    const originals = new Map(trampolines);
    for (const [name, replacement] of runtime.replacements) {
        if (!originals.has(replacement)) originals.set(replacement, trampolines.get(name)!);
    }
    for (const [alias, name] of runtime.aliases) originals.set(alias, trampolines.get(name)!);
    for (const [outer, inner] of findInner(runtime.functions)) originals.set(outer, trampolines.get(inner)!);
    return { sites, originals, seal: () => void Memory.protect(memory, bytes, "r-x"), memory };
}

function relocatePrologue(name: string, address: NativePointer, slot: NativePointer): NativePointer {
    const writer = new X86Writer(slot, { pc: slot });
    const relocator = new X86Relocator(address, writer);
    let moved = 0;
    while (moved < jumpBytes) {
        moved = relocator.readOne();
        if (moved === 0 || (relocator.eoi && moved < jumpBytes)) {
            throw new Refusal("UNHOOKABLE", `${name} at ${address.toString()} is too short for a jump`);
        }
    }
    refuseJumpsInto(name, address);
    relocator.writeAll();
    if (!relocator.eoi) writer.putJmpAddress(address.add(moved));
    writer.flush();
    relocator.dispose();
    writer.dispose();
    return slot;
}

/** A loop back into the first bytes would land in the middle of the jump. */
function refuseJumpsInto(name: string, address: NativePointer): void {
    for (const instruction of instructionsFrom(address, readAheadBytes)) {
        const target = instruction.groups.includes("jump") ? directTarget(instruction) : null;
        if (target !== null && target.compare(address) > 0 && target.compare(address.add(jumpBytes)) < 0) {
            throw new Refusal("UNHOOKABLE", `${name} at ${address.toString()} jumps back into its own first bytes`);
        }
    }
}

function writeJump(at: NativePointer, to: NativePointer): void {
    const writer = new X86Writer(at, { pc: at });
    writer.putJmpAddress(to);
    writer.flush();
    writer.dispose();
}
