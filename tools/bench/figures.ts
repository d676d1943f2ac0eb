import type { Measurements } from "./measurements.js";
import { type Goal, performanceTargets } from "./performance-targets.js";
import type { Platform } from "./platform.js";

/** A performance target and what this run measured for it. */
export interface Figure {
    readonly name: string;
    readonly target: Platform;
    /** Null if the run did not measure it. */
    readonly measured: number | null;
    readonly goal: Goal;
    readonly reached: boolean | null;
    /** Why no run measures it, or null. */
    readonly remark: string | null;
}

/** Every figure of the requested platforms, reached or not. */
export function evaluateFigures(measurements: Measurements, targets: readonly Platform[]): Figure[] {
    return performanceTargets
        .filter(({ target }) => targets.includes(target))
        .map(({ name, target, goal, measure, remark = null }) => {
            const measured = measure(measurements);
            const reached = measured === null ? null : isReached(measured, goal);
            return { name, target, measured, goal, reached, remark };
        });
}

/** Whether a measured value reaches the target. */
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
