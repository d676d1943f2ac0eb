import { type AllocatorName, isPeer } from "./allocators.js";
import type { Platform } from "./platform.js";
import type { CallLatency, LatencyAnswer } from "./run-answer.js";
import { median } from "./spread.js";
import { keyOf, type Trial } from "./trial.js";
import type { WorkloadName } from "./workloads.js";

/** The two calls whose latency is measured; a resizing `realloc` counts as `malloc`. */
export const timedCalls = ["malloc", "free"] as const;

export type TimedCall = (typeof timedCalls)[number];

/** What is known of the calls: the percentiles, and the longest of all. */
export const latencyFigures = ["p99", "p99_9", "p99_99", "longest"] as const;

export type LatencyFigure = (typeof latencyFigures)[number];

/** Latency of single calls in nanoseconds: of each figure the median of the repetitions. */
export interface LatencyResult extends Trial, Record<TimedCall, CallLatency> {
    readonly repetitions: number;
}

/** The latencies that one run of the benchmark has measured so far. */
export class Latencies {
    #answers = new Map<string, { trial: Trial; answers: LatencyAnswer[] }>();

    add(trial: Trial, answer: LatencyAnswer): void {
        const known = this.#answers.get(keyOf(trial));
        if (known === undefined) this.#answers.set(keyOf(trial), { trial, answers: [answer] });
        else known.answers.push(answer);
    }

    results(): LatencyResult[] {
        return [...this.#answers.values()].map(({ trial, answers }) => ({
            ...trial,
            malloc: middle(answers.map(({ malloc }) => malloc)),
            free: middle(answers.map(({ free }) => free)),
            repetitions: answers.length,
        }));
    }

    result(target: Platform, workload: WorkloadName, allocator: AllocatorName): LatencyResult | null {
        return this.results().find((one) => keyOf(one) === keyOf({ target, workload, allocator })) ?? null;
    }

    /** The lowest of the other allocators' values of one figure; each figure may have another allocator's. */
    lowestOfPeers(target: Platform, workload: WorkloadName, call: TimedCall, figure: LatencyFigure): number | null {
        const values = this.results()
            .filter((one) => one.target === target && one.workload === workload && isPeer(one.allocator))
            .map((one) => one[call][figure]);
        return values.length === 0 ? null : Math.min(...values);
    }
}

function middle(repetitions: CallLatency[]): CallLatency {
    const of = (key: keyof CallLatency) => median(repetitions.map((one) => one[key]));
    return {
        calls: of("calls"),
        p99: of("p99"),
        p99_9: of("p99_9"),
        p99_99: of("p99_99"),
        longest: of("longest"),
    };
}
