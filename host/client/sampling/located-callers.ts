import { type CodePlace, locatedAtOnce, type SampledCaller } from "../../../shared/protocol.js";
import type { PoolSession } from "../pool-session.js";
import { type CallerGroup, type Grouping, groupCallers } from "./group-callers.js";
import { whoPassesOn } from "./wrappers.js";

/** Ways to ask that are located: those with the most samples. The others are told as a sum. */
const locatedAtMost = 400;

/** Knows where the callers of one program are, once they were located. */
export class LocatedCallers {
    readonly #session: Pick<PoolSession, "locate" | "facts">;
    readonly #places = new Map<string, CodePlace>();

    constructor(session: Pick<PoolSession, "locate" | "facts">) {
        this.#session = session;
    }

    /** Asks the program where those lie that it was not asked for before. */
    async locate(callers: Iterable<SampledCaller>): Promise<void> {
        const addresses = new Set(thoseWithMost(callers).most.flatMap(({ chain }) => chain));
        const unknown = [...addresses].filter((address) => !this.#places.has(address)).sort(byValue);
        // In order of address, because the names of a module are gathered once for all that are asked for together.
        for (let first = 0; first < unknown.length; first += locatedAtOnce) {
            const some = unknown.slice(first, first + locatedAtOnce);
            for (const [index, place] of (await this.#session.locate(some)).entries())
                if (some[index] !== undefined) this.#places.set(some[index], place);
        }
    }

    /** @returns also how many samples came in too many other ways to be told apart */
    group(callers: Iterable<SampledCaller>, by: Grouping): { callers: CallerGroup[]; notLocated: number } {
        const { most, others } = thoseWithMost(callers);
        const placeOf = (address: string): CodePlace | undefined => this.#places.get(address);
        return { callers: groupCallers(most, placeOf, whoPassesOn(this.#session.facts), by), notLocated: others };
    }
}

function thoseWithMost(callers: Iterable<SampledCaller>): { most: SampledCaller[]; others: number } {
    const sorted = [...callers].sort((one, other) => other.samples - one.samples);
    const others = sorted.slice(locatedAtMost).reduce((sum, { samples }) => sum + samples, 0);
    return { most: sorted.slice(0, locatedAtMost), others };
}

function byValue(one: string, other: string): number {
    return one.length - other.length || (one < other ? -1 : 1);
}
