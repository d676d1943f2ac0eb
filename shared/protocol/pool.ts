import type { Layer, Strategy } from "./install.js";

/** The pool of a program, and the program, as a host found them. */
export interface PoolFacts {
    /** Process id; under Wine that of Windows. */
    pid: number;
    /** Architecture of the program: `ia32` or `x64`. */
    arch: string;
    /** `windows` or `linux`. */
    platform: string;
    /** Path of the program's file, in its own notation. */
    program: string;
    /** How memory is handed out. */
    strategy: Strategy;
    /** Installed layers. */
    layers: Layer[];
    /** Bytes of the region. */
    poolBytes: number;
    /** Bytes that were requested. */
    requestedBytes: number;
    /** Whether its hooks are written. */
    hooked: boolean;
    /** Path of its log in the program's own notation, or null. */
    logFile: string | null;
    /** Id of the profile of the game that the program is, or null. */
    game: string | null;
    /** Whether work can be queued for the game's main thread. */
    hasMainThreadQueue: boolean;
}

/** Address space of a 32-bit program, in bytes. */
export interface AddressSpace {
    /** All that the program can address. */
    total: number;
    /** The part that is not even reserved. */
    free: number;
    /** The largest free range. */
    largest_hole: number;
    /** True under Wine, which reports some free ranges as reserved: more may be free. */
    is_lower_bound: boolean;
}

/** All counters at one moment. */
export interface SnapshotReply {
    /** `struct PoolSnapshot` (`cmodule/stats.h`), cut behind its last row in use. */
    bytes: Uint8Array;
    /** Null in 64-bit programs. */
    address_space: AddressSpace | null;
}

/** A module of the program: its file and where it is loaded. */
export interface LoadedModule {
    /** Address. */
    base: number;
    /** Of its image. */
    bytes: number;
    /** In the notation of the program. */
    path: string;
}

/** An exception, as the resident records it. */
export interface RecordedException {
    /** Frida's name of its kind: one of `residentExceptions` in `shared/layout.ts`. */
    type: string;
    /** Address of the instruction, in hexadecimal. */
    address: string;
}

/** The exceptions that the program has raised since the recording began. */
export interface ExceptionsReply {
    /** Number of them. */
    count: number;
    /** The first ones, oldest first: later ones are only counted. */
    recorded: RecordedException[];
}

/** An exception that the program raised, whether it was handled or not. */
export interface SeenException {
    /** Frida's name: `access-violation`, `illegal-instruction`, ... */
    type: string;
    /** Address of the instruction, in hexadecimal. */
    address: string;
    /** File name of the module that holds it, or null. */
    module: string | null;
    /** Offset from the base of that module, in bytes, or null. */
    offset: number | null;
}
