import type { CodePlace, SampledCaller } from "../../../shared/protocol.js";

/** What of the callers is told apart: modules only, or functions, and places in the code where functions have no names. */
export type Grouping = "module" | "function";

/** Callers that are taken together. */
export interface CallerGroup {
    /** File name; null: code that belongs to no file, or calls whose origin is not known. */
    module: string | null;
    /** Null: it has no name that is known, or modules are told apart only. */
    function: string | null;
    /** Of one call's return address, from the begin of the module where it has no named function, else 0. */
    offset: number;
    /** How many of their calls were sampled. */
    samples: number;
    /** That were asked for in these samples. */
    bytes: number;
}

/**
 * Takes callers together by who really wanted the memory: the innermost of each chain that does not merely ask on behalf of
 * its own caller. Those that asked for most come first.
 */
export function groupCallers(
    callers: readonly SampledCaller[],
    placeOf: (address: string) => CodePlace | undefined,
    isWrapper: (place: CodePlace) => boolean,
    by: Grouping,
): CallerGroup[] {
    const groups = new Map<string, CallerGroup>();
    for (const { chain, samples, bytes } of callers) {
        const places = chain.map(placeOf).filter((place) => place !== undefined && place.module !== null);
        const known = places as CodePlace[];
        const group = groupOf(known.find((place) => !isWrapper(place)) ?? known[0], by);
        const key = JSON.stringify([group.module, group.function, group.offset]);
        const sum = groups.get(key) ?? group;
        groups.set(key, { ...sum, samples: sum.samples + samples, bytes: sum.bytes + bytes });
    }
    return [...groups.values()].sort((one, other) => other.bytes - one.bytes || other.samples - one.samples);
}

function groupOf(place: CodePlace | undefined, by: Grouping): CallerGroup {
    const none = { module: null, function: null, offset: 0, samples: 0, bytes: 0 };
    if (place === undefined) return none;
    const { module, offset } = place;
    if (by === "module") return { ...none, module };
    return place.function === null ? { ...none, module, offset } : { ...none, module, function: place.function };
}
