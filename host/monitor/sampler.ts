import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { isEndOfProgram } from "../client/is-end-of-program.js";
import type { MemoryPool } from "../client/memory-pool.js";
import type { PoolStatistics } from "../client/pool-statistics.js";
import { ratesBetween, type Sample } from "./sample.js";

/** When samples are taken. Every field has a default. */
export interface SamplingOptions {
    /** From the beginning of one sample to that of the next, in milliseconds; default 1000. */
    intervalMs?: number;
    /** How many; default: until stopped. */
    count?: number;
    /** Stops the sampling. */
    signal?: AbortSignal;
}

/** Why the samples ended: there were enough, somebody stopped them, or the program ended. */
export type SamplingEnd = "enough" | "stopped" | "gone";

/**
 * Samples of a living pool, one after the other. They keep to their times however long each takes, and one that comes too
 * late is left out. Each costs the program about what `GetMemoryPoolUsage` does.
 *
 * @returns why they ended
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function* samples(
    pool: Pick<MemoryPool, "statistics" | "ended">,
    { intervalMs = 1000, count = Infinity, signal }: SamplingOptions = {},
): AsyncGenerator<Sample, SamplingEnd, void> {
    const gone = new AbortController();
    void pool.ended.then(() => gone.abort());
    const stop = signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]);
    let first = 0;
    let earlier: Sample | null = null;
    for (let taken = 0, due = performance.now(); taken < count; taken++, due = nextAfter(due, intervalMs)) {
        await unlessStopped(stop, pause(Math.max(0, due - performance.now()), null, { signal: stop }));
        const statistics = await unlessStopped(stop, pool.statistics());
        if (statistics === null) return signal?.aborted === true ? "stopped" : "gone";
        const now = performance.now();
        if (earlier === null) first = now;
        earlier = sampleOf(statistics, (now - first) / 1000, earlier);
        yield earlier;
    }
    return "enough";
}

/** The next moment of the row that has not passed yet. */
function nextAfter(due: number, intervalMs: number): number {
    const passed = Math.max(0, performance.now() - due);
    return due + Math.max(1, Math.ceil(passed / intervalMs)) * intervalMs;
}

/** What a work leads to, or null once there is no use for it any more. */
function unlessStopped<T>(stop: AbortSignal, work: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
        const giveUp = () => resolve(null);
        stop.addEventListener("abort", giveUp);
        if (stop.aborted) giveUp();
        work.then(resolve, (error: Error) => (isEnd(error) ? giveUp() : reject(error))).finally(() =>
            stop.removeEventListener("abort", giveUp),
        );
    });
}

function isEnd(error: Error): boolean {
    return error.name === "AbortError" || isEndOfProgram(error);
}

function sampleOf(statistics: PoolStatistics, elapsed: number, earlier: Sample | null): Sample {
    const rates = earlier === null ? null : ratesBetween(earlier.statistics, statistics, elapsed - earlier.elapsed);
    return { time: Date.now(), elapsed, statistics, rates };
}
