import { findInner } from "./innermost.js";
import { directTarget, instructionsFrom } from "./instructions.js";
import { Refusal } from "../refusal.js";
import { system } from "../process/system/index.js";
import type { Runtime } from "./find-runtimes.js";

/** A prologue that will become a jump. */
export interface Site {
    name: string;
    /** What takes its place, without `replace_`. */
    replacedBy: string;
    address: NativePointer;
    protection: number;
    /** A jump of five bytes reaches here; it leads on to the replacement once that is known. */
    landing: Landing;
}

/** A place within reach of a near jump, from where an absolute jump goes on. */
export interface Landing {
    address: NativePointer;
    lead(to: NativePointer): void;
}

export interface BuiltSites {
    sites: Site[];
    /** For each replacement: code that does what the function did before. */
    originals: Map<string, NativePointer>;
    /** Takes the right to write from the memory of trampolines and landings, once each landing leads somewhere. */
    seal: () => void;
    /** Keep it: everything above lives in there. */
    memory: NativePointer;
}

/** A near jump: what every prologue must have room for. */
export const JUMP_BYTES = 5;
/** Generous for the relocated start of one function and two absolute jumps. */
const SLOT_BYTES = 256;
const NEAR = 0x7f000000;
/** How far a function is read in search of a jump back into its first bytes. */
const READ_AHEAD_BYTES = 512;

/**
 * Builds, for each function of a runtime, a trampoline to the original and a landing for the jump; changes none of them.
 *
 * @throws Refusal UNHOOKABLE when a prologue can't be moved
 */
export function buildSites(runtime: Runtime): BuiltSites {
    const bytes = Math.ceil((SLOT_BYTES * runtime.functions.size) / Process.pageSize) * Process.pageSize;
    const memory = Memory.alloc(bytes, { near: runtime.module.base, maxDistance: NEAR });
    Memory.protect(memory, bytes, "rwx");
    const trampolines = new Map<string, NativePointer>();
    const sites: Site[] = [];
    for (const [name, address] of runtime.functions) {
        const slot = memory.add(SLOT_BYTES * sites.length);
        const landing = slot.add(SLOT_BYTES - 32);
        trampolines.set(name, movePrologue(name, address, slot));
        sites.push({
            name,
            replacedBy: runtime.replacements.get(name) ?? name,
            address,
            protection: system().protectionNumber(Process.getRangeByAddress(address).protection),
            landing: { address: landing, lead: (to) => writeJump(landing, to) },
        });
    }
    const originals = new Map(trampolines);
    for (const [name, replacement] of runtime.replacements)
        if (!originals.has(replacement)) originals.set(replacement, trampolines.get(name)!);
    for (const [alias, name] of runtime.aliases) originals.set(alias, trampolines.get(name)!);
    for (const [outer, inner] of findInner(runtime.functions)) originals.set(outer, trampolines.get(inner)!);
    return { sites, originals, seal: () => void Memory.protect(memory, bytes, "r-x"), memory };
}

function movePrologue(name: string, address: NativePointer, slot: NativePointer): NativePointer {
    const writer = new X86Writer(slot, { pc: slot });
    const relocator = new X86Relocator(address, writer);
    let moved = 0;
    while (moved < JUMP_BYTES) {
        moved = relocator.readOne();
        if (moved === 0 || (relocator.eoi && moved < JUMP_BYTES))
            throw new Refusal("UNHOOKABLE", `${name} at ${address.toString()} is too short to be replaced`);
    }
    refuseJumpsInto(name, address);
    relocator.writeAll();
    if (!relocator.eoi) writer.putJmpAddress(address.add(moved));
    writer.flush();
    relocator.dispose();
    writer.dispose();
    return slot;
}

/** A loop back into the first bytes would run into the middle of our jump. */
function refuseJumpsInto(name: string, address: NativePointer): void {
    for (const instruction of instructionsFrom(address, READ_AHEAD_BYTES)) {
        const target = instruction.groups.includes("jump") ? directTarget(instruction) : null;
        if (target !== null && target.compare(address) > 0 && target.compare(address.add(JUMP_BYTES)) < 0)
            throw new Refusal("UNHOOKABLE", `${name} at ${address.toString()} jumps back into its own first bytes`);
    }
}

function writeJump(at: NativePointer, to: NativePointer): void {
    const writer = new X86Writer(at, { pc: at });
    writer.putJmpAddress(to);
    writer.flush();
    writer.dispose();
}
