import type { Measurements } from "./measurements.js";
import type { Fault } from "./report.js";
import type { Batch } from "./schedule.js";
import type { Trial } from "./trial.js";
import type { Workload } from "./workloads.js";

/** A fault for each allocator of a finished schedule that has no figure on a workload, unless one is known already. */
export function withoutFigure(
    schedule: readonly Batch[],
    measurements: Measurements,
    known: readonly Fault[],
): Fault[] {
    const isKnown = (trial: Trial) =>
        known.some(
            ({ target, workload, allocator }) =>
                target === trial.target && workload === trial.workload && allocator === trial.allocator,
        );
    return schedule.flatMap(({ target, workloads, allocators }) =>
        workloads.flatMap((workload) =>
            allocators
                .map(({ name }) => ({ target, workload: workload.name, allocator: name }))
                .filter((trial) => !hasFigure(measurements, workload, trial) && !isKnown(trial))
                .map((trial) => ({ ...trial, message: "there is no figure of it" })),
        ),
    );
}

function hasFigure(measurements: Measurements, { latencyOf }: Workload, trial: Trial): boolean {
    const from = latencyOf === null ? measurements : measurements.latencies;
    return from.result(trial.target, trial.workload, trial.allocator) !== null;
}
