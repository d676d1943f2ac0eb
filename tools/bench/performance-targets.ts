import { type TimedCall, timedCalls } from "./latencies.js";
import type { Measurements } from "./measurements.js";
import { type Monitoring, monitorings } from "./monitoring-cost.js";
import { type Platform, platforms } from "./platform.js";
import { comparedWorkloads, type WorkloadName } from "./workloads.js";

export interface Goal {
    readonly comparison: "at least" | "at most" | "less than";
    readonly value: number;
    /** `times`: a ratio; `share`: a fraction, printed as per cent; `count`: a whole number. */
    readonly unit: "times" | "share" | "count";
}

/** A figure that the pool must reach, and how a run measures it. */
interface PerformanceTarget {
    name: string;
    target: Platform;
    goal: Goal;
    measure: (measurements: Measurements) => number | null;
    /** Why no run measures it. */
    remark?: string;
}

const compared: readonly WorkloadName[] = comparedWorkloads.map(({ name }) => name);

/** Every figure that the pool must reach. */
export const performanceTargets: readonly PerformanceTarget[] = [
    timesTheCrt("churn", 18),
    timesTheCrt("realloc", 30),
    timesTheCrt("growth", 50),
    timesTheCrt("mix", 7),
    timesTheCrt("mix4", 40),
    {
        name: "every workload: time against NVHR's",
        target: "win32",
        goal: { comparison: "less than", value: 1, unit: "times" },
        measure: () => null,
        remark: "NVHR is in no package registry, so it is not measured here",
    },
    ...compared.flatMap((workload) => [againstLibc("linux-x64", workload), againstLibc("linux-i386", workload)]),
    ...platforms.flatMap((target) => [
        ...compared.map((workload) => againstBestPeer(target, workload)),
        asFastAsBestPeer(target),
        ...timedCalls.flatMap((call) => [
            latencyAgainstBestPeer(target, call, "p99_99"),
            latencyAgainstBestPeer(target, call, "longest"),
        ]),
        againstBaseline(target),
        twoThreads(target),
        memoryAgainstMimalloc(target),
        overhead(target),
        monitoringCost(target, "statistics", 0.01),
        monitoringCost(target, "callers", 0.03),
    ]),
];

function atMost(value: number): Goal {
    return { comparison: "at most", value, unit: "times" };
}

function timesTheCrt(workload: WorkloadName, times: number): PerformanceTarget {
    return {
        name: `${workload}: times as fast as the CRT`,
        target: "win32",
        goal: { comparison: "at least", value: times, unit: "times" },
        measure: (all) => ratio(all.time("win32", workload, "crt"), all.time("win32", workload, "recycle")),
    };
}

function againstLibc(target: Platform, workload: WorkloadName): PerformanceTarget {
    return {
        name: `${workload}: time against glibc's`,
        target,
        goal: { comparison: "less than", value: 1, unit: "times" },
        measure: (all) => ratio(all.time(target, workload, "recycle"), all.time(target, workload, "crt")),
    };
}

function againstBestPeer(target: Platform, workload: WorkloadName): PerformanceTarget {
    return {
        name: `${workload}: time against the best other allocator's`,
        target,
        goal: atMost(1.1),
        measure: (all) => timeAgainstBestPeer(all, target, workload),
    };
}

/** On how many workloads the pool is at least as fast; measured only if all of them are. */
function asFastAsBestPeer(target: Platform): PerformanceTarget {
    return {
        name: "every workload: how many at most 1.00x the best other's",
        target,
        goal: { comparison: "at least", value: 5, unit: "count" },
        measure: (all) => {
            const ratios = compared.map((workload) => timeAgainstBestPeer(all, target, workload));
            return ratios.includes(null) ? null : ratios.filter((against) => against !== null && against <= 1).length;
        },
    };
}

function latencyAgainstBestPeer(target: Platform, call: TimedCall, figure: "p99_99" | "longest"): PerformanceTarget {
    return {
        name: `latency4: ${figure === "longest" ? "longest" : "p99.99 of"} ${call} against the best other's`,
        target,
        goal: { comparison: "less than", value: 1, unit: "times" },
        measure: ({ latencies }) =>
            ratio(
                latencies.result(target, "latency4", "recycle")?.[call][figure] ?? null,
                latencies.lowestOfPeers(target, "latency4", call, figure),
            ),
    };
}

function timeAgainstBestPeer(all: Measurements, target: Platform, workload: WorkloadName): number | null {
    const best = all.bestPeer(target, workload)?.nsPerOperation.median ?? null;
    return ratio(all.time(target, workload, "recycle"), best);
}

function againstBaseline(target: Platform): PerformanceTarget {
    return {
        name: "churn: time against an empty function's",
        target,
        goal: atMost(3),
        measure: (all) => ratio(all.time(target, "churn", "recycle"), all.time(target, "churn", "baseline")),
    };
}

/** Times are per operation of one thread, so that perfect scaling leaves them as they are. */
function twoThreads(target: Platform): PerformanceTarget {
    return {
        name: "churn: throughput of two threads against one",
        target,
        goal: { comparison: "at least", value: 1.9, unit: "times" },
        measure: (all) => {
            const against = ratio(all.time(target, "scale1", "recycle"), all.time(target, "scale2", "recycle"));
            return against === null ? null : against * Math.min(2, all.cores);
        },
    };
}

function memoryAgainstMimalloc(target: Platform): PerformanceTarget {
    return {
        name: "mix: peak committed memory against mimalloc's",
        target,
        goal: atMost(1),
        measure: (all) =>
            ratio(
                all.result(target, "mix", "recycle")?.peakBytes ?? null,
                all.result(target, "mix", "mimalloc")?.peakBytes ?? null,
            ),
    };
}

function overhead(target: Platform): PerformanceTarget {
    return {
        name: "mix: header and padding by requested bytes",
        target,
        goal: { comparison: "less than", value: 0.1, unit: "share" },
        measure: (all) => all.overhead(target),
    };
}

function monitoringCost(target: Platform, monitoring: Monitoring, share: number): PerformanceTarget {
    return {
        name: `mix: cost of ${monitorings[monitoring]}`,
        target,
        goal: { comparison: "less than", value: share, unit: "share" },
        measure: (all) => all.monitoringCost(target, monitoring)?.median ?? null,
    };
}

function ratio(measured: number | null, base: number | null): number | null {
    return measured === null || base === null || base === 0 ? null : measured / base;
}
