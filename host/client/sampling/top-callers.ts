import type { PoolRequester } from "../ask.js";
import { ProgramEnded } from "../program-ended.js";
import type { CallerGroup, Grouping } from "./group-callers.js";
import { sampleCallers, type SampledCalls, type SamplingOfCallers } from "./sample-callers.js";
import { SymbolizedCallers } from "./symbolized-callers.js";

/** How to sample and group callers. Every field has a default. */
export interface TopOptions extends Partial<SamplingOfCallers> {
    /** How to group; default `function`. */
    by?: Grouping;
}

/** The code that asked for memory, estimated from samples. */
export interface TopCallers extends Omit<SampledCalls, "callers"> {
    /** Largest number of bytes first. `samples` times `sampleInterval` estimates the calls, and the bytes alike. */
    callers: CallerGroup[];
    /** Samples of call chains beyond the number that is symbolized. */
    notSymbolized: number;
}

/** Defaults: one call in so many, for so many seconds. */
export const topDefaults = { sampleInterval: 1000, seconds: 10, by: "function" } as const;

/**
 * Samples calls for a while and groups them by the code that asked for memory. Groups have no names if the program ends
 * before it was asked for them.
 *
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function topCallers(client: PoolRequester, options: TopOptions = {}): Promise<TopCallers> {
    const { by, signal, ...sampling } = { ...topDefaults, ...options };
    const { callers, ...sampled } = await sampleCallers(client, { ...sampling, signal });
    const symbolized = new SymbolizedCallers(client);
    await symbolized.symbolize(callers).catch((error: unknown) => {
        if (!(error instanceof ProgramEnded)) throw error;
    });
    return { ...sampled, ...symbolized.group(callers, by) };
}
