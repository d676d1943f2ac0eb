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
