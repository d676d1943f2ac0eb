import { allocators } from "../allocators.js";
import { latencyFigures, type LatencyResult, timedCalls } from "../latencies.js";
import { type Platform, platformTitles } from "../platform.js";
import type { BenchReport } from "../report.js";
import { workloads } from "../workloads.js";
import type { Grid } from "./grid.js";

/** The latency of single calls on one platform, or nothing if no workload measured it. */
export function latencyGrids({ measurements }: BenchReport, target: Platform): Grid[] {
    const rows = workloads.flatMap((workload) =>
        allocators.flatMap(({ name, title }) => {
            const result = measurements.latencies.result(target, workload.name, name);
            if (result === null) return [];
            const isDry = (measurements.fallbacks(result) ?? 0) > 0;
            return [[workload.title, title + (isDry ? "*" : ""), ...latencyCells(result)]];
        }),
    );
    if (rows.length === 0) return [];
    return [
        {
            title: `${platformTitles[target]}: Latency in ns, median of the repetitions`,
            head: ["", "allocator", ...latencyHead],
            texts: 2,
            rows,
            notes: [
                "Whatever happens during a call counts, also that its thread loses its processor.",
                ...(rows.some(([, title]) => title?.endsWith("*"))
                    ? ["* The pool ran dry; the rest was served by the CRT."]
                    : []),
            ],
        },
    ];
}

/** The columns of {@link latencyCells}. */
export const latencyHead: readonly string[] = timedCalls.flatMap((call) => [
    `${call} p99`,
    `${call} p99.9`,
    `${call} p99.99`,
    `${call} longest`,
]);

/** The figures of one allocator: first of malloc, then of free. */
export function latencyCells(result: Pick<LatencyResult, "malloc" | "free">): string[] {
    return timedCalls.flatMap((call) => latencyFigures.map((figure) => result[call][figure].toFixed(0)));
}
