import type { GameProfile } from "../../../shared/games/profile.js";
import { deskBytes } from "../../../shared/layout.js";
import { beginsWith } from "./fingerprint.js";

/** What the hook of the game's frame needs. */
export interface PreparedMainThreadQueue {
    /** Macros for the C. */
    imports: Record<string, NativePointer>;
    /** Keep it: where work is left. */
    memory: NativePointer;
}

/** Null where another mod has hooked the function of the frame: the game then has its pool all the same. */
export function prepareMainThreadQueue({ desk }: GameProfile): PreparedMainThreadQueue | null {
    if (!beginsWith(desk.frame)) return null;
    const memory = Memory.alloc(deskBytes);
    const functions = Object.entries(desk.functions).map(([name, address]) => [name, ptr(address)] as const);
    return { imports: { POOLNV_DESK: memory, ...Object.fromEntries(functions) }, memory };
}
