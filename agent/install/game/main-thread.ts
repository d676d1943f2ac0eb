import type { GameProfile } from "../../../shared/games/profile.js";
import { deskBytes } from "../../../shared/layout.js";
import { beginsWith } from "./fingerprint.js";

/** The queue of work for the game's main thread, which the hook of its frame function takes work from. */
export interface PreparedMainThreadQueue {
    /** Macros for the C. */
    imports: Record<string, NativePointer>;
    /** The queue itself; retain it. */
    memory: NativePointer;
}

/** Null if another mod has hooked the frame function: the pool works without the queue. */
export function prepareMainThreadQueue({ desk }: GameProfile): PreparedMainThreadQueue | null {
    if (!beginsWith(desk.frame)) return null;
    const memory = Memory.alloc(deskBytes);
    const functions = Object.entries(desk.functions).map(([name, address]) => [name, ptr(address)] as const);
    return { imports: { POOLNV_DESK: memory, ...Object.fromEntries(functions) }, memory };
}
