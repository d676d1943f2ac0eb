import type { PoolOptions } from "../../../host/config/pool-options.js";
import { expectedCounters } from "../../programs/install/expected-counters.js";

/** A pool under which programs are fuzzed. */
export interface Setting {
    readonly name: string;
    readonly pool: PoolOptions;
    /** Whether the pool is installed before the programs, or in the middle of one. */
    readonly arrives: "before" | "meanwhile";
    /** Every block is the pool's: its counters must match the program's calls exactly. */
    readonly alone?: boolean;
    /** Other blocks leave so little free memory that the pool can't serve all of the programs' own. */
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

/**
 * Compares the growth of the pool's counters with a fuzz program's record of its calls. If every block is the pool's, all
 * counters are known; else those that do not depend on which allocator served a block.
 */
export function expectCounters(
    { alone = false, filledUp = false }: Setting,
    place: string,
    made: Record<string, number>,
    grown: Record<string, number>,
    expect: (holds: boolean, what: string) => void,
): void {
    const expected = alone ? expectedCounters("recycle", made) : anyway(place, made);
    for (const [counter, value] of Object.entries(expected)) {
        expect(grown[counter] === value, `${counter} grew by ${grown[counter]} instead of ${value}`);
    }
    if (filledUp) expect(grown["fallback_allocs"]! > 0, "a full pool served everything");
}

/**
 * An original may call hooked functions itself, and these calls are counted: glibc's `realloc` to no bytes calls `free`.
 * The calls that the aligned functions of Windows make for a block are not known here.
 */
function anyway(place: string, made: Record<string, number>): Record<string, number> {
    const never = { corrupt_headers: 0, double_frees: 0 };
    return place.startsWith("win32") ? never : { ...never, reallocs: made["reallocs"]! };
}
