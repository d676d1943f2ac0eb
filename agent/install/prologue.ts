import { Refusal } from "../refusal.js";
import { directTarget, instructionsFrom } from "./instructions.js";

/** Length of a near jump, the least length of a prologue. */
export const jumpBytes = 5;
/** More than the relocated start of a function and an absolute jump take. */
export const relocatedBytes = 224;
/** How far a function is searched for a jump back into its first bytes. */
const readAheadBytes = 512;

/**
 * Writes code with the effect of a function whose first bytes will be overwritten by a jump.
 *
 * @param to writable, `relocatedBytes` long
 * @throws Refusal UNHOOKABLE if the first instructions can't be relocated
 */
export function relocatePrologue(name: string, address: NativePointer, to: NativePointer): void {
    const writer = new X86Writer(to, { pc: to });
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
