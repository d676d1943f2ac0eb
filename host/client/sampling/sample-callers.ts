import { setTimeout as pause } from "node:timers/promises";
import type { SampledCaller } from "../../../shared/protocol/sampling.js";
import type { PoolRequester } from "../ask.js";
import { ProgramEnded } from "../program-ended.js";
import { type CallersReading, joinSampling, readCallers, sampledSince } from "./read-callers.js";

/** How to sample. */
export interface SamplingOfCallers {
    /** One call in this many is sampled. If the sampler runs already, its own interval stays in force. */
    sampleInterval: number;
    /** How long, in seconds. */
    seconds: number;
    /** Ends the sampling early. */
    signal?: AbortSignal | undefined;
}

/** The calls that were sampled. */
export interface SampledCalls {
    /** One call in this many was sampled. */
    sampleInterval: number;
    /** How long it took, in seconds. */
    seconds: number;
    /** Number of samples. */
    samples: number;
    /** Samples that the table had no free row for. */
    dropped: number;
    /** Each call chain once. */
    callers: SampledCaller[];
    /** Why it ended: the time had passed, the signal, the program ended, or another host ended it. */
    end: "enough" | "stopped" | "gone" | "ended_elsewhere";
}

/**
 * Samples calls for a while; stops the sampler again if it was started here.
 *
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function sampleCallers(
    client: Pick<PoolRequester, "ask" | "ended">,
    options: SamplingOfCallers,
): Promise<SampledCalls> {
    const before = await joinSampling(client, options.sampleInterval);
    try {
        return await readUntilEnd(client, before, options);
    } finally {
        if (before === null) await client.ask("startSampler", 0).catch(() => {}); // it stops by itself, too
    }
}

/** How often to read the table, in milliseconds: a sampler without a reader stops after half a minute. */
const readMs = 5_000;

/** @param before the table before this sampling, or null */
async function readUntilEnd(
    client: Pick<PoolRequester, "ask" | "ended">,
    before: CallersReading | null,
    { seconds, signal }: SamplingOfCallers,
): Promise<SampledCalls> {
    const first = before ?? (await readCallers(client));
    const begin = performance.now();
    const gone = new AbortController();
    void client.ended.then(() => gone.abort());
    const stop = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]);
    let last = first;
    let end: SampledCalls["end"] | null = null;
    while (end === null) {
        const left = 1000 * seconds - (performance.now() - begin);
        await pause(Math.max(0, Math.min(left, readMs)), null, { signal: stop }).catch(() => {});
        const now = gone.signal.aborted ? null : await readUnlessEnded(client);
        if (now === null) end = "gone";
        else if (now.epoch !== first.epoch || now.sampleInterval === 0) end = "ended_elsewhere";
        else if (signal?.aborted === true) end = "stopped";
        else if (left <= readMs) end = "enough";
        if (now?.epoch === first.epoch) last = now;
    }
    const { sampleInterval } = first;
    return { sampleInterval, seconds: (performance.now() - begin) / 1000, ...sampledSince(before, last), end };
}

async function readUnlessEnded(client: Pick<PoolRequester, "ask">): Promise<CallersReading | null> {
    try {
        return await readCallers(client);
    } catch (error) {
        if (error instanceof ProgramEnded) return null;
        throw error;
    }
}
