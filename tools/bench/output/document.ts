import type { Monitoring } from "../monitoring-cost.js";
import type { BenchReport } from "../report.js";

/** The report for a script. Times in nanoseconds per operation or call, memory in bytes, names as in the tables. */
export function benchDocument(report: BenchReport): object {
    const { options, measurements } = report;
    return {
        seed: options.seed,
        repetitions: options.repetitions,
        quick: options.quick,
        cores: report.cores,
        seconds: Math.round(report.seconds),
        complete: report.isComplete,
        results: measurements.results().map((result) => {
            const { target, workload } = result;
            const crt = measurements.time(target, workload, "crt");
            const peer = measurements.bestPeer(target, workload);
            const { median, min, max, count } = result.nsPerOperation;
            return {
                target,
                workload,
                allocator: result.allocator,
                operations: result.operations,
                ns_per_operation: { median, min, max, count },
                time_against_crt: crt === null ? null : median / crt,
                time_against_best_other: peer === null ? null : median / peer.nsPerOperation.median,
                best_other: peer?.allocator ?? null,
                live_bytes: result.liveBytes,
                committed_bytes: result.committedBytes,
                peak_bytes: result.peakBytes,
                handed_over_share: result.handedOverShare,
                fallback_allocs: result.fallbacks,
            };
        }),
        latency: measurements.latencies.results().map(({ target, workload, allocator, malloc, free, repetitions }) => ({
            target,
            workload,
            allocator,
            repetitions,
            malloc,
            free,
            fallback_allocs: measurements.fallbacks({ target, workload, allocator }),
        })),
        figures: report.figures.map(({ name, target, measured, goal, reached, remark }) => ({
            name,
            target,
            measured,
            comparison: goal.comparison,
            goal: goal.value,
            unit: goal.unit,
            reached,
            remark,
        })),
        statistics_cost: costs(report, "statistics"),
        callers_cost: costs(report, "callers"),
        versions: report.versions,
        left_out: report.leftOut,
        faults: report.faults,
    };
}

function costs({ options, measurements }: BenchReport, monitoring: Monitoring): object[] {
    return options.platforms.flatMap((target) => {
        const cost = measurements.monitoringCost(target, monitoring);
        return cost === null ? [] : [{ target, ...cost }];
    });
}
