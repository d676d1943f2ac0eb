import type { PeerName } from "./allocators.js";
import type { ProgramCommand } from "./measured-program.js";

/** What was made to measure one platform with. */
export interface PreparedTarget {
    /** The compiled program of `programs/`. */
    readonly program: string;
    readonly peers: ReadonlyMap<PeerName, Peer | Missing>;
    /** How to start a copy of the program. */
    command(program: string, args: string[]): ProgramCommand;
    /** Set where the programs run under Wine. */
    readonly wine: { loader: string; prefix: string } | null;
}

/** Another allocator, ready to serve. */
export interface Peer {
    readonly version: string;
    readonly env: Record<string, string>;
    readonly args: string[];
}

export interface Missing {
    readonly reason: string;
    readonly resolution: string;
}

export function isMissing(thing: object): thing is Missing {
    return "resolution" in thing;
}
