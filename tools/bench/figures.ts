import type { Measurements } from "./measurements.js";
import { type Goal, promises } from "./promises.js";
import type { TargetName } from "./target-kind.js";

/** A promise in numbers, and what this run says about it. */
export interface Figure {
    readonly name: string;
    readonly target: TargetName;
    /** Null where the run did not measure it. */
    readonly measured: number | null;
    readonly goal: Goal;
    readonly reached: boolean | null;
    /** Why no run measures it, or null. */
    readonly remark: string | null;
}

/** Every figure of the targets that were asked for, reached or not. */
export function evaluateFigures(measurements: Measurements, targets: readonly TargetName[]): Figure[] {
    return promises
        .filter(({ target }) => targets.includes(target))
        .map(({ name, target, goal, measure, remark = null }) => {
            const measured = measure(measurements);
            const reached = measured === null ? null : isReached(measured, goal);
            return { name, target, measured, goal, reached, remark };
        });
}

/** Whether a measured value keeps the promise. */
export function isReached(measured: number, { comparison, value }: Goal): boolean {
    switch (comparison) {
        case "at least":
            return measured >= value;
        case "at most":
            return measured <= value;
        case "less than":
            return measured < value;
    }
}
