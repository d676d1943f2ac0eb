import { type Allocator, allocators, isMeasured } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import type { Platform } from "./platform.js";
import { type Workload, workloads } from "./workloads.js";

/** Workloads that the same processes run in rotation, one allocator after another. */
export interface Batch {
    readonly target: Platform;
    readonly workloads: readonly Workload[];
    readonly allocators: readonly Allocator[];
    readonly repetitions: number;
}

const maxHeavyRepetitions = 3;

/** The batches of one platform, in order. */
export function scheduleOf(target: Platform, options: BenchOptions): Batch[] {
    const wanted = workloads.filter(({ name }) => options.workloads.includes(name));
    return batched(wanted).map((batch) => ({
        target,
        workloads: batch,
        allocators: allocators.filter(
            (allocator) =>
                allocator.targets.includes(target) &&
                options.allocators.includes(allocator.name) &&
                batch.every((workload) => isMeasured(allocator, workload)),
        ),
        repetitions: batch.some(({ isHeavy }) => isHeavy)
            ? Math.min(options.repetitions, maxHeavyRepetitions)
            : options.repetitions,
    }));
}

/** Runs in a batch, to estimate its duration; starting a process counts as two. */
export function weightOf({ workloads, allocators, repetitions }: Batch): number {
    const runs = workloads.length * repetitions;
    const starts = workloads.some(({ needsFreshProgram }) => needsFreshProgram) ? repetitions : 1;
    return allocators.length * ((workloads[0]!.isHeavy ? 3 * runs : runs) + 2 * starts);
}

/** Each workload has processes of its own; the auxiliary ones are compared with one another and share theirs. */
function batched(wanted: readonly Workload[]): Workload[][] {
    const auxiliary = wanted.filter(({ isAuxiliary }) => isAuxiliary);
    const own = wanted.filter(({ isAuxiliary }) => !isAuxiliary).map((workload) => [workload]);
    return auxiliary.length === 0 ? own : [...own, auxiliary];
}
