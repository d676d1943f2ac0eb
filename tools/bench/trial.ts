import type { AllocatorName } from "./allocators.js";
import type { Platform } from "./platform.js";
import type { WorkloadName } from "./workloads.js";

/** One allocator on one workload on one platform. */
export interface Trial {
    readonly target: Platform;
    readonly workload: WorkloadName;
    readonly allocator: AllocatorName;
}

/** The same text for the same trial, and for no other. */
export function keyOf({ target, workload, allocator }: Trial): string {
    return `${target} ${workload} ${allocator}`;
}
