/** How the pool hands memory out: size classes with free lists, or a bump pointer that never reuses a block. */
export type Strategy = "recycle" | "bump";

/** A set of hooked functions over the one pool: the C runtime's, a game's heap class, a game's scrap heaps. */
export type Layer = "crt" | "gameheap" | "scrapheap";

/**
 * Size classes that share a part of the region: `small` blocks have up to 244 bytes, `medium` up to 4 KB, `large` up to
 * 32 KB; `huge` blocks have pages of their own.
 */
export type SizeGroup = "small" | "medium" | "large" | "huge";

/** How the address space of the region is reserved: all at once, or in segments of 16 MB on demand. */
export type Reservation = "whole" | "segments";

/** Tuning of the pool. 0 turns a feature off and gives a size group its default share. */
export interface Tuning {
    /** Freed bytes that are held back before they are reused. */
    quarantineBytes: number;
    /** Bytes of the region that are touched before the pool serves. */
    prefaultBytes: number;
    /** Seconds without growth of the pool after which wholly free memory is returned to the system. */
    trimIdleSeconds: number;
    /** Bytes of the region for each size group; a full group borrows from the others. */
    groupBytes: Record<SizeGroup, number>;
}

/** What the installer is to prepare. */
export interface PrepareRequest {
    /** Wanted size of the region in bytes; a smaller one is taken if the address space has no hole of that size. */
    poolBytes: number;
    strategy: Strategy;
    /** `segments` works in 32-bit Windows programs only; elsewhere the region is reserved whole. */
    reserve: Reservation;
    tuning: Tuning;
    /** Wanted layers. Those that the program does not have are left out. */
    layers: Layer[];
    /** Whether script lines may be run in a game: hooks the function that it calls each frame. */
    gameConsole: boolean;
    /** Whether to patch the code that sets up the game's own heaps, too; only before it has run. */
    extraPatches: boolean;
    /** How long to wait for a protected program to unpack its code, in milliseconds; 0 for a suspended program. */
    unpackingMs: number;
    /** Log file in the target's own path notation, or null for the default place. */
    logFile: string | null;
}

/** What the installer has prepared. Nothing is hooked yet: if the host dies now, everything is given back. */
export interface PrepareReport {
    /** Bytes of the region. */
    poolBytes: number;
    requestedBytes: number;
    /** Why the pool is smaller than requested, as a sentence; or null. */
    stepDown: string | null;
    /** C runtimes whose functions will be replaced. */
    runtimes: RuntimeReport[];
    /** Number of patches that turn a game's own heaps off. */
    patches: number;
    logFile: string | null;
}

/** A C runtime of the program, and those of its functions that are hooked. */
export interface RuntimeReport {
    /** File name, for example `msvcrt.dll`. */
    module: string;
    profile: string;
    functions: string[];
}

/** What writing the hooks did, measured in the target. */
export interface PatchReport {
    /** Longest time the other threads were suspended, in nanoseconds. */
    stalledNs: number;
    /** Threads that were suspended. */
    threads: number;
    /** Tries in which a thread was inside bytes about to change, so that all threads were resumed. */
    retries: number;
}
