import type { BenchOptions } from "./bench-options.js";
import { type Contestant, contestants, takesPart } from "./contestants.js";
import type { TargetName } from "./target-kind.js";
import { type Workload, workloads } from "./workloads.js";

/** Work that the same programs do, one contestant after the other, again and again. */
export interface Batch {
    readonly target: TargetName;
    readonly workloads: readonly Workload[];
    readonly contestants: readonly Contestant[];
    readonly repetitions: number;
}

const MOST_HEAVY_REPETITIONS = 3;

/** What is to be done on one target, in order. */
export function scheduleOf(target: TargetName, options: BenchOptions): Batch[] {
    const wanted = workloads.filter(({ name }) => options.workloads.includes(name));
    return grouped(wanted).map((group) => ({
        target,
        workloads: group,
        contestants: contestants.filter(
            (contestant) =>
                contestant.targets.includes(target) &&
                options.contestants.includes(contestant.name) &&
                group.every((workload) => takesPart(contestant, workload)),
        ),
        repetitions: group.some(({ isHeavy }) => isHeavy)
            ? Math.min(options.repetitions, MOST_HEAVY_REPETITIONS)
            : options.repetitions,
    }));
}

/** Runs in a batch, for the guess of how long it takes; starting a program counts as much as a run. */
export function weightOf({ workloads, contestants, repetitions }: Batch): number {
    const runs = workloads.length * repetitions;
    const starts = workloads.some(({ needsFreshProgram }) => needsFreshProgram) ? repetitions : 1;
    return contestants.length * ((workloads[0]!.isHeavy ? 3 * runs : runs) + 2 * starts);
}

/** Each workload has programs of its own, but the auxiliary ones, which are compared with one another, share theirs. */
function grouped(wanted: readonly Workload[]): Workload[][] {
    const auxiliary = wanted.filter(({ isAuxiliary }) => isAuxiliary);
    const own = wanted.filter(({ isAuxiliary }) => !isAuxiliary).map((workload) => [workload]);
    return auxiliary.length === 0 ? own : [...own, auxiliary];
}
