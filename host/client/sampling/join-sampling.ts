import type { PoolSession } from "../pool-session.js";
import { type CallersReading, readCallers } from "./read-callers.js";

/**
 * Begins to sample one call in so many, or joins the sampling that is under way.
 *
 * @returns what had been sampled before we came; null: we have begun it
 */
export async function joinSampling(
    session: Pick<PoolSession, "sampleCallers" | "callers">,
    oneIn: number,
): Promise<CallersReading | null> {
    const found = await readCallers(session);
    if (found.oneIn !== 0) return found;
    await session.sampleCallers(oneIn);
    return null;
}
