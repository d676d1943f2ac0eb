import type { PoolSession } from "../pool-session.js";
import type { CallerGroup, Grouping } from "./group-callers.js";
import { isEndOfProgram } from "../is-end-of-program.js";
import { LocatedCallers } from "./located-callers.js";
import { type SampledCalls, type SamplingOfCallers, sampleCallers } from "./sample-callers.js";

/** How callers are sampled and told. Every field has a default. */
export interface TopOptions extends Partial<SamplingOfCallers> {
    /** What is told apart; default `function`. */
    by?: Grouping;
}

/** Who asks for memory, as far as samples tell. */
export interface TopCallers extends Omit<SampledCalls, "callers"> {
    /** Those that asked for most come first. An estimate of their calls is `samples` times `oneIn`, of their bytes likewise. */
    callers: CallerGroup[];
    /** Samples of ways to ask that were too many to be told apart. */
    notLocated: number;
}

/** What is sampled unless something else is said: one call in so many, for so long. */
export const topDefaults = { oneIn: 1000, seconds: 10, by: "function" } as const;

/**
 * Samples for a while who asks for memory, and finds out where that code lies. Where the program ends before that is known,
 * it stays unknown.
 *
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function topCallers(session: PoolSession, options: TopOptions = {}): Promise<TopCallers> {
    const { by, signal, ...sampling } = { ...topDefaults, ...options };
    const { callers, ...sampled } = await sampleCallers(session, { ...sampling, signal });
    const located = new LocatedCallers(session);
    await located.locate(callers).catch((error: unknown) => {
        if (!isEndOfProgram(error)) throw error;
    });
    return { ...sampled, ...located.group(callers, by) };
}
