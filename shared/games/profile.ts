import type { Layer } from "../protocol/install.js";
import type { Game } from "./game.js";

/**
 * What poolnv knows of one version of one game. Profiles are data: the program in the file and in memory is compared with
 * them, and a program that differs anywhere is left unchanged. Addresses are virtual addresses of the loaded program.
 */
export interface GameProfile {
    /** Name of the profile: the program and its version. */
    readonly id: string;
    /** The game, which all its versions share. */
    readonly game: Game;
    /** Four numbers, as in the program's version resource. */
    readonly version: string;
    /** Address at which the program is loaded. It has no relocations. */
    readonly imageBase: number;
    /** Functions that the layers replace. */
    readonly functions: readonly GameFunction[];
    /** Patches that turn the game's own heaps off; only at launch, before the heaps are constructed. */
    readonly patches: readonly GamePatch[];
    /** What it takes to run work on the game's main thread. */
    readonly mainThread: MainThreadQueue;
    /** Functions that allocate on behalf of their callers: addresses of the first and the last byte. */
    readonly wrappers: readonly GameWrapper[];
    /** How to see that a saved game is loading. */
    readonly loading: LoadingFlag;
}

/** A function of a game that a layer replaces. */
export interface GameFunction {
    /** Layer that replaces it. */
    readonly layer: Layer;
    /** Its name in the log and in refusals. */
    readonly name: string;
    /** Address of its first byte. */
    readonly address: number;
    /** Its first bytes, in hexadecimal: the fingerprint. */
    readonly bytes: string;
    /**
     * Its replacement in the pool's C, without `replace_`. If two functions have the same, the pool falls back to the
     * first one.
     */
    readonly replacement: string;
}

/** A change to a game's code that keeps its own heaps from working. */
export interface GamePatch {
    /** Its name in refusals. */
    readonly name: string;
    /** Address of the first byte. */
    readonly address: number;
    /** What must be there, in hexadecimal; `??` for any byte, such as the target of a call that mods redirect. */
    readonly bytes: string;
    /** What the first of them become, in hexadecimal. */
    readonly becomes: string;
}

/** What it takes to run work on the game's main thread. */
export interface MainThreadQueue {
    /** A function that only the main thread calls, once a frame, with its first bytes in hexadecimal. */
    readonly frame: { readonly name: string; readonly address: number; readonly bytes: string };
    /** Addresses of functions, by the macro that names each in the C. */
    readonly functions: Readonly<Record<string, number>>;
}

/** A function that allocates for its caller. */
export interface GameWrapper {
    /** Its name. */
    readonly name: string;
    /** Address of its first byte. */
    readonly start: number;
    /** Address of the last byte that can be its own. */
    readonly end: number;
}

/** A byte of the game that is not 0 while a saved game is loading. */
export interface LoadingFlag {
    /** Address of the pointer to the save manager. */
    readonly manager: number;
    /** Offset of the byte in the save manager. */
    readonly flag: number;
}
