import type { GameProfile } from "../../../shared/games/profile.js";
import type { Layer } from "../../../shared/protocol.js";

/** What stands behind the pool in a game whose own heaps do nothing. */
export interface WithoutHeaps {
    /**
     * In place of the originals that were found, by replacement; NULL: nothing stands behind it.
     *
     * @param found the trampolines of what is hooked
     */
    originals(found: ReadonlyMap<string, NativePointer>): Map<string, NativePointer>;
    /** Keep it: code that they lead to. */
    memory: NativePointer;
}

/** For each member of the game's heap the function of its C runtime that does the same, and how many arguments it has. */
const behind: Readonly<Record<string, readonly [name: string, parameters: number]>> = {
    game_allocate: ["malloc", 1],
    game_free: ["free", 1],
    game_reallocate: ["realloc", 2],
    game_msize: ["_msize", 1],
};

const SLOT_BYTES = 32;

/**
 * The game's own members would look for heaps that were never made. So the C runtime serves in their place, where the
 * vanilla heap ends, too, when it has nothing left; and behind a scrap heap the pool's own code takes from there.
 */
export function prepareWithoutHeaps({ functions }: GameProfile): WithoutHeaps {
    const memory = Memory.alloc(Process.pageSize);
    const ofLayer = (wanted: Layer) => functions.filter(({ layer }) => layer === wanted);
    const runtime = new Map(ofLayer("crt").map(({ name, address }) => [name, ptr(address)] as const));
    const bridges = new Map<string, NativePointer>();
    Memory.protect(memory, Process.pageSize, "rwx");
    for (const [member, [name, parameters]] of Object.entries(behind)) {
        const slot = memory.add(SLOT_BYTES * bridges.size);
        writeBridge(slot, runtime.get(name)!, parameters);
        bridges.set(member, slot);
    }
    Memory.protect(memory, Process.pageSize, "r-x");
    const nothing = ofLayer("scrapheap").map(({ replacement }) => [replacement, NULL] as const);
    return { originals: (found) => new Map([...runtime, ...found, ...nothing, ...bridges]), memory };
}

/** From thiscall, whose callee takes the arguments off the stack, to cdecl, whose caller does. */
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
