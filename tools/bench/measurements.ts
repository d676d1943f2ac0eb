import { type AllocatorName, isPeer } from "./allocators.js";
import { Latencies } from "./latencies.js";
import type { Monitoring } from "./monitoring-cost.js";
import type { Platform } from "./platform.js";
import type { RunAnswer } from "./run-answer.js";
import { type Spread, spreadOf } from "./spread.js";
import { keyOf, type Trial } from "./trial.js";
import type { WorkloadName } from "./workloads.js";

/** Results of all repetitions of a trial. Memory in bytes, the highest of any repetition. */
export interface Result extends Trial {
    /** Of one thread: wall time times the threads that can really run at once, by all operations. */
    readonly nsPerOperation: Spread;
    readonly operations: number;
    readonly liveBytes: number;
    /** While everything lives. */
    readonly committedBytes: number;
    readonly peakBytes: number;
    /** Frees that another thread did, as a share of the operations. */
    readonly handedOverShare: number;
    /** Requests that the pool could not serve, in all repetitions together; null where there is no pool. */
    readonly fallbacks: number | null;
}

/** Everything that one run of the benchmark has measured so far. */
export class Measurements {
    /** Of the workloads that time single calls; none of these has a {@link Result}. */
    readonly latencies = new Latencies();
    #answers = new Map<string, { trial: Trial; answers: RunAnswer[] }>();
    #pools = new Map<string, { fallbacks: number; committedBytes: number }>();
    #overheads = new Map<Platform, number>();
    #monitoringCosts = new Map<string, Spread>();

    /** @param cores how many threads can run at once */
    constructor(readonly cores: number) {}

    add(trial: Trial, answer: RunAnswer): void {
        const known = this.#answers.get(keyOf(trial));
        if (known === undefined) this.#answers.set(keyOf(trial), { trial, answers: [answer] });
        else known.answers.push(answer);
    }

    /** What a pool says of itself after the last repetition in one program. */
    addPool(trial: Trial, { fallbacks, committedBytes }: { fallbacks: number; committedBytes: number }): void {
        const known = this.#pools.get(keyOf(trial)) ?? { fallbacks: 0, committedBytes: 0 };
        this.#pools.set(keyOf(trial), {
            fallbacks: known.fallbacks + fallbacks,
            committedBytes: Math.max(known.committedBytes, committedBytes),
        });
    }

    /** Requests that the pool could not serve so far; null where there is no pool. */
    fallbacks(trial: Trial): number | null {
        return this.#pools.get(keyOf(trial))?.fallbacks ?? null;
    }

    /** Header and padding on the game-like mix, as a share of the bytes asked for. */
    setOverhead(target: Platform, share: number): void {
        this.#overheads.set(target, share);
    }

    overhead(target: Platform): number | null {
        return this.#overheads.get(target) ?? null;
    }

    /** Time that monitoring adds, as a share of the time without. */
    setMonitoringCost(target: Platform, monitoring: Monitoring, cost: Spread): void {
        this.#monitoringCosts.set(`${target} ${monitoring}`, cost);
    }

    monitoringCost(target: Platform, monitoring: Monitoring): Spread | null {
        return this.#monitoringCosts.get(`${target} ${monitoring}`) ?? null;
    }

    results(): Result[] {
        return [...this.#answers.values()].map(({ trial, answers }) => this.#summarise(trial, answers));
    }

    result(target: Platform, workload: WorkloadName, allocator: AllocatorName): Result | null {
        const found = this.#answers.get(keyOf({ target, workload, allocator }));
        return found === undefined ? null : this.#summarise(found.trial, found.answers);
    }

    /** Median time per operation, or null where it was not measured. */
    time(target: Platform, workload: WorkloadName, allocator: AllocatorName): number | null {
        return this.result(target, workload, allocator)?.nsPerOperation.median ?? null;
    }

    /** The fastest of the other allocators on that work. */
    bestPeer(target: Platform, workload: WorkloadName): Result | null {
        const peers = this.results().filter(
            (result) => result.target === target && result.workload === workload && isPeer(result.allocator),
        );
        peers.sort((a, b) => a.nsPerOperation.median - b.nsPerOperation.median);
        return peers[0] ?? null;
    }

    #summarise(trial: Trial, answers: RunAnswer[]): Result {
        const pool = this.#pools.get(keyOf(trial));
        const highest = (value: (answer: RunAnswer) => number): number => Math.max(...answers.map(value));
        return {
            ...trial,
            nsPerOperation: spreadOf(answers.map((answer) => this.#nsPerOperation(answer))),
            operations: answers[0]!.operations,
            liveBytes: highest((answer) => answer.live_bytes),
            committedBytes: highest((answer) => answer.committed_bytes),
            // Frida may give memory of its own back meanwhile, which the process as a whole would count for the pool.
            peakBytes: Math.max(
                highest((answer) => answer.peak_bytes),
                pool?.committedBytes ?? 0,
            ),
            handedOverShare: highest((answer) => answer.handed_over / answer.operations),
            fallbacks: pool?.fallbacks ?? null,
        };
    }

    #nsPerOperation({ ns, threads, operations }: RunAnswer): number {
        return (ns * Math.min(this.cores, threads)) / operations;
    }
}
