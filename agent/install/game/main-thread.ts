import type { GameProfile } from "../../../shared/games/profile.js";
import { mainThreadBytes } from "../../../shared/layout.js";
import type { Taken } from "../taken.js";
import { beginsWith } from "./fingerprint.js";

/** The queue of work for the game's main thread, which the hook of its frame function takes work from. */
export interface PreparedMainThreadQueue {
    /** Macros for the C. */
    imports: Record<string, NativePointer>;
}

/** Null if another mod has hooked the frame function: the pool works without the queue. */
export function prepareMainThreadQueue({ mainThread }: GameProfile, taken: Taken): PreparedMainThreadQueue | null {
    if (!beginsWith(mainThread.frame)) return null;
    const queue = taken.memory(mainThreadBytes, "the queue of the main thread");
    const functions = Object.entries(mainThread.functions).map(([name, address]) => [name, ptr(address)] as const);
    return { imports: { POOLNV_MAIN_THREAD: queue, ...Object.fromEntries(functions) } };
}
