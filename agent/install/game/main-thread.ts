import type { GameProfile } from "../../../shared/games/profile.js";
import { mainThreadBytes } from "../../../shared/layout.js";
import { beginsWith } from "./fingerprint.js";

/** What the hook of the game's frame needs. */
export interface PreparedMainThreadQueue {
    /** Macros for the C. */
    imports: Record<string, NativePointer>;
    /** Keep it: where work is left. */
    memory: NativePointer;
}

/** Null where another mod has hooked the function of the frame: the game then has its pool all the same. */
export function prepareMainThreadQueue({ mainThread }: GameProfile): PreparedMainThreadQueue | null {
    if (!beginsWith(mainThread.frame)) return null;
    const memory = Memory.alloc(mainThreadBytes);
    const functions = Object.entries(mainThread.functions).map(([name, address]) => [name, ptr(address)] as const);
    return { imports: { POOLNV_MAIN_THREAD: memory, ...Object.fromEntries(functions) }, memory };
}
