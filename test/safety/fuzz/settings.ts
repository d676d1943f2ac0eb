import type { PoolOptions } from "../../../host/client/pool-session.js";

/** A pool under which programs are fuzzed. */
export interface Setting {
    readonly name: string;
    readonly pool: PoolOptions;
    /** The pool comes before the programs, or into the middle of one. */
    readonly arrives: "before" | "meanwhile";
    /** No block comes from anywhere else: the pool must count exactly what the program does. */
    readonly alone?: boolean;
    /** Blocks beside the programs' own leave so little room that the pool can't serve all of them. */
    readonly filledUp?: boolean;
    /** The pool is switched off and on meanwhile. */
    readonly switched?: boolean;
}

/** In turn, one for each victim. */
export const settings: readonly Setting[] = [
    { name: "recycle, there before", pool: {}, arrives: "before", alone: true },
    { name: "a small pool that is full", pool: { poolSizeMb: 16 }, arrives: "before", filledUp: true },
    { name: "recycle, coming meanwhile", pool: {}, arrives: "meanwhile", alone: true },
    { name: "quarantine", pool: { tuning: { quarantineMb: 32 } }, arrives: "before", alone: true },
    { name: "recycle, switched off and on", pool: {}, arrives: "meanwhile", switched: true },
    { name: "bump", pool: { strategy: "bump", poolSizeMb: 512 }, arrives: "meanwhile" },
];
