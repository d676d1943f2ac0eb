import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import type { PoolStatistics } from "../../shared/pool-statistics.js";
import type { PoolClient } from "../client/pool-client.js";
import { ProgramEnded } from "../client/program-ended.js";
import { ratesBetween, type Sample } from "./sample.js";

/** When samples are taken. Every field has a default. */
export interface SamplingOptions {
    /** Time from the start of one sample to the start of the next, in milliseconds; default 1000. */
    intervalMs?: number;
    /** Number of samples; default: until stopped. */
    count?: number;
    /** Stops the sampling. */
    signal?: AbortSignal;
}

/** Why sampling ended: `count` was reached, it was stopped, or the program ended. */
export type SamplingEnd = "enough" | "stopped" | "gone";

/**
 * Samples a pool at an interval. Samples are due at multiples of the interval, however long each takes; those that became due
 * while one was being taken are skipped. A sample costs the program about as much as `GetMemoryPoolUsage`.
 *
 * @returns why sampling ended
 * @throws UserError NOT_ANSWERING, FORGED_POOL, ...
 */
export async function* samples(
    pool: Pick<PoolClient, "statistics" | "ended">,
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

/** The next due time that has not passed yet. */
function nextAfter(due: number, intervalMs: number): number {
    const passed = Math.max(0, performance.now() - due);
    return due + Math.max(1, Math.ceil(passed / intervalMs)) * intervalMs;
}

/** Resolves as the work does, or to null if it is stopped or the program ends. */
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
    return error.name === "AbortError" || error instanceof ProgramEnded;
}

function sampleOf(statistics: PoolStatistics, elapsed: number, earlier: Sample | null): Sample {
    const rates = earlier === null ? null : ratesBetween(earlier.statistics, statistics, elapsed - earlier.elapsed);
    return { time: Date.now(), elapsed, statistics, rates };
}
