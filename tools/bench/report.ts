import type { AllocatorName } from "./allocators.js";
import type { BenchOptions } from "./bench-options.js";
import type { Figure } from "./figures.js";
import type { Measurements } from "./measurements.js";
import type { Platform } from "./platform.js";
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
    readonly versions: { target: Platform; allocator: AllocatorName; version: string }[];
}

/** What could not be had on this machine: a target, an allocator, or what a workload needs. */
export interface LeftOut {
    readonly target: Platform;
    /** Null: every allocator. */
    readonly allocator: AllocatorName | null;
    /** Null: every workload. */
    readonly workload: WorkloadName | null;
    readonly reason: string;
    readonly resolution: string;
}

/** A allocator that could not go on: it died, or lost what was written into its blocks. */
export interface Fault {
    readonly target: Platform;
    readonly workload: WorkloadName;
    readonly allocator: AllocatorName;
    readonly message: string;
}
