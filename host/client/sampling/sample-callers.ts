import { setTimeout as pause } from "node:timers/promises";

import type { SampledCaller } from "../../../shared/protocol.js";
import type { PoolSession } from "../pool-session.js";
import { isEndOfProgram } from "../is-end-of-program.js";
import { joinSampling } from "./join-sampling.js";
import { type CallersReading, readCallers, sampledSince } from "./read-callers.js";

/** What is to be sampled. */
export interface SamplingOfCallers {
    /** Calls of which one is sampled. Where sampling is under way already, what is in force there counts. */
    oneIn: number;
    /** How long. */
    seconds: number;
    /** Ends it earlier. */
    signal?: AbortSignal | undefined;
}

/** Who asked for memory meanwhile. */
export interface SampledCalls {
    /** Calls of which one was sampled. */
    oneIn: number;
    /** How long it really was. */
    seconds: number;
    /** How many were taken. */
    samples: number;
    /** Samples of callers for whom there was no room any more. */
    unplaced: number;
    /** Each chain once. */
    callers: SampledCaller[];
    /** Why it ended: the time was over, it was to end earlier, the program has ended, or another host ended it. */
    end: "enough" | "stopped" | "gone" | "ended_elsewhere";
}

type Session = Pick<PoolSession, "sampleCallers" | "callers" | "ended">;

/**
 * Samples for a while who asks for memory, and leaves the pool as it was before.
 *
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function sampleCallers(session: Session, wishes: SamplingOfCallers): Promise<SampledCalls> {
    const before = await joinSampling(session, wishes.oneIn);
    try {
        return await watchOn(session, before, wishes);
    } finally {
        if (before === null) await session.sampleCallers(0).catch(() => {}); // it ends by itself, too
    }
}

/** How often we read: what nobody reads for half a minute ends. */
const readMs = 5_000;

/** @param before what had been sampled before we came, or null */
async function watchOn(
    session: Session,
    before: CallersReading | null,
    { seconds, signal }: SamplingOfCallers,
): Promise<SampledCalls> {
    const first = before ?? (await readCallers(session));
    const begin = performance.now();
    const gone = new AbortController();
    void session.ended.then(() => gone.abort());
    const stop = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]);
    let last = first;
    let end: SampledCalls["end"] | null = null;
    while (end === null) {
        const left = 1000 * seconds - (performance.now() - begin);
        await pause(Math.max(0, Math.min(left, readMs)), null, { signal: stop }).catch(() => {});
        const now = gone.signal.aborted ? null : await readUnlessGone(session);
        if (now === null) end = "gone";
        else if (now.epoch !== first.epoch || now.oneIn === 0) end = "ended_elsewhere";
        else if (signal?.aborted === true) end = "stopped";
        else if (left <= readMs) end = "enough";
        if (now?.epoch === first.epoch) last = now;
    }
    return { oneIn: first.oneIn, seconds: (performance.now() - begin) / 1000, ...sampledSince(before, last), end };
}

async function readUnlessGone(session: Session): Promise<CallersReading | null> {
    try {
        return await readCallers(session);
    } catch (error) {
        if (isEndOfProgram(error)) return null;
        throw error;
    }
}
