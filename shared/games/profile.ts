import type { Layer } from "../protocol.js";

/**
 * What poolnv knows of one version of one game. Profiles are data: what is read from a game is compared with them, and
 * nothing is changed in a game that differs anywhere.
 */
export interface GameProfile {
    /** Name of the profile: the program and its version. */
    readonly id: string;
    /** File name of the program. */
    readonly program: string;
    /** As four numbers in the program's version resource. */
    readonly version: string;
    /** Where the program is in memory: its addresses are fixed. */
    readonly imageBase: number;
    /** What is replaced, layer by layer. */
    readonly functions: readonly GameFunction[];
    /** What is changed besides, where the game's own heaps are to be turned off before they begin. */
    readonly patches: readonly GamePatch[];
    readonly desk: MainThreadQueue;
    /** Functions of the game that ask for memory on behalf of their callers: from the first to the last byte that can be theirs. */
    readonly isWrapper: readonly { readonly name: string; readonly start: number; readonly end: number }[];
    /** The address of the pointer to the save manager, and where in that a byte says that a saved game is loading. */
    readonly loading: { readonly manager: number; readonly flag: number };
}

/** What it takes to have work done by the game's main thread. */
export interface MainThreadQueue {
    /** A function that the main thread, and no other, calls once in each frame; with its first bytes. */
    readonly frame: { readonly name: string; readonly address: number; readonly bytes: string };
    /** Addresses of functions, by the name of the macro that the C knows them by (`cmodule/game_desk.h`). */
    readonly functions: Readonly<Record<string, number>>;
}

/** A place of a game's code that is changed so that its own heaps do nothing. */
export interface GamePatch {
    /** As the refusals call it. */
    readonly name: string;
    readonly address: number;
    /** What must be there, in hexadecimal; `??` where any byte may be, such as the target of a call that mods exchange. */
    readonly bytes: string;
    /** What takes the place of the first of them, in hexadecimal. */
    readonly becomes: string;
}

/** A function of a game that a layer replaces. */
export interface GameFunction {
    readonly layer: Layer;
    /** As the log and the refusals call it. */
    readonly name: string;
    readonly address: number;
    /** Its first bytes, in hexadecimal: the fingerprint. */
    readonly bytes: string;
    /**
     * What of the pool's C takes its place, without `replace_`. Where two functions have the same, the first one is what
     * the pool falls back to.
     */
    readonly replacement: string;
}
