import type { BenchOptions } from "./bench-options.js";
import type { ContestantName } from "./contestants.js";
import type { Figure } from "./figures.js";
import type { Measurements } from "./measurements.js";
import type { TargetName } from "./target-kind.js";
import type { WorkloadName } from "./workloads.js";

/** What one run of the benchmark found. */
export interface BenchReport {
    readonly options: BenchOptions;
    readonly cores: number;
    readonly seconds: number;
    /** False when it was interrupted: some repetitions, or all of some trials, are missing. */
    readonly isComplete: boolean;
    readonly measurements: Measurements;
    readonly figures: Figure[];
    readonly leftOut: LeftOut[];
    readonly faults: Fault[];
    /** Versions of the allocators that are not ours. */
    readonly versions: { target: TargetName; contestant: ContestantName; version: string }[];
}

/** A target or contestant that could not be had on this machine. */
export interface LeftOut {
    readonly target: TargetName;
    /** Null: nothing of the target. */
    readonly contestant: ContestantName | null;
    readonly reason: string;
    readonly resolution: string;
}

/** A contestant that could not go on: it died, or lost what was written into its blocks. */
export interface Fault {
    readonly target: TargetName;
    readonly workload: WorkloadName;
    readonly contestant: ContestantName;
    readonly message: string;
}
