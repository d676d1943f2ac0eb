import type { Measurements } from "./measurements.js";
import { type Monitoring, monitorings } from "./monitoring-cost.js";
import { type Platform, platforms } from "./platform.js";
import { type WorkloadName, workloads } from "./workloads.js";

export interface Goal {
    readonly comparison: "at least" | "at most" | "less than";
    readonly value: number;
    /** `times`: a ratio; `share`: a fraction, printed as per cent. */
    readonly unit: "times" | "share";
}

/** What the pool performanceTargets in numbers, and how a run measures it. */
interface PerformanceTarget {
    name: string;
    target: Platform;
    goal: Goal;
    measure: (measurements: Measurements) => number | null;
    /** Why no run measures it. */
    remark?: string;
}

const compared: readonly WorkloadName[] = workloads.filter(({ isAuxiliary }) => !isAuxiliary).map(({ name }) => name);

/** Every figure that the pool must reach. */
export const performanceTargets: readonly PerformanceTarget[] = [
    timesTheCrt("churn", 15),
    timesTheCrt("realloc", 20),
    timesTheCrt("growth", 30),
    timesTheCrt("mix", 6),
    timesTheCrt("mix4", 25),
    againstBestPeer("win32", "churn", { comparison: "less than", value: 1, unit: "times" }),
    ...compared
        .filter((workload) => workload !== "churn")
        .map((workload) => againstBestPeer("win32", workload, atMost(1.1))),
    {
        name: "every workload: time against NVHR's",
        target: "win32",
        goal: { comparison: "less than", value: 1, unit: "times" },
        measure: () => null,
        remark: "NVHR is in no package registry, so it is not measured here",
    },
    ...compared.flatMap((workload) => [againstLibc("linux-x64", workload), againstLibc("linux-i386", workload)]),
    ...compared.map((workload) => againstBestPeer("linux-x64", workload, atMost(1.2))),
    ...platforms.flatMap((target) => [
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

function againstBestPeer(target: Platform, workload: WorkloadName, goal: Goal): PerformanceTarget {
    return {
        name: `${workload}: time against the best other allocator's`,
        target,
        goal,
        measure: (all) =>
            ratio(all.time(target, workload, "recycle"), all.bestPeer(target, workload)?.nsPerOperation.median ?? null),
    };
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
        goal: { comparison: "at least", value: 1.8, unit: "times" },
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
        goal: atMost(1.15),
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
