import type { GameProfile } from "../../../shared/games/profile.js";
import type { Layer } from "../../../shared/protocol/install.js";
import type { Taken } from "../taken.js";

/** The fallbacks of the pool in a game whose own heaps are turned off. */
export interface WithoutHeaps {
    /**
     * The originals by replacement; NULL: there is no fallback.
     *
     * @param found trampolines of the hooked functions
     */
    originals(found: ReadonlyMap<string, NativePointer>): Map<string, NativePointer>;
}

/** For each member of the game's heap the equivalent function of its C runtime, and its number of arguments. */
const equivalents: Readonly<Record<string, readonly [name: string, parameters: number]>> = {
    game_allocate: ["malloc", 1],
    game_free: ["free", 1],
    game_reallocate: ["realloc", 2],
    game_msize: ["_msize", 1],
};

const slotBytes = 32;

/**
 * The members of the game's heap would use heaps that were never set up. The functions of the C runtime, which the vanilla
 * heap falls back to as well, take their place; scrap heaps have no fallback but the pool's own code.
 */
export function prepareWithoutHeaps({ functions }: GameProfile, taken: Taken): WithoutHeaps {
    const memory = taken.memory(Process.pageSize, "the fallbacks of the game's heap");
    const ofLayer = (wanted: Layer) => functions.filter(({ layer }) => layer === wanted);
    const runtime = new Map(ofLayer("crt").map(({ name, address }) => [name, ptr(address)] as const));
    const bridges = new Map<string, NativePointer>();
    for (const [member, [name, parameters]] of Object.entries(equivalents)) {
        const slot = memory.add(slotBytes * bridges.size);
        writeBridge(slot, runtime.get(name)!, parameters);
        bridges.set(member, slot);
    }
    Memory.protect(memory, Process.pageSize, "r-x");
    const nothing = ofLayer("scrapheap").map(({ replacement }) => [replacement, NULL] as const);
    return { originals: (found) => new Map([...runtime, ...found, ...nothing, ...bridges]) };
}

/** Converts thiscall, where the callee pops the arguments, to cdecl, where the caller does. */
function writeBridge(at: NativePointer, to: NativePointer, parameters: number): void {
    const bytes = 4 * parameters;
    const writer = new X86Writer(at, { pc: at });
    // The last argument first; each push brings the next one to the same distance.
    for (let left = parameters; left > 0; left--) writer.putBytes([0xff, 0x74, 0x24, bytes]); // push dword [esp + bytes]
    writer.putCallAddress(to);
    writer.putBytes([0x83, 0xc4, bytes]); // add esp, bytes
    writer.putBytes([0xc2, bytes, 0x00]); // ret bytes
    writer.flush();
    writer.dispose();
}
