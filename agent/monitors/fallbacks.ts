import type { ControlBlock } from "../process/control-block.js";
import { readCounters } from "../process/snapshot-words.js";

const INTERVAL_MS = 1000;

/**
 * Logs bursts of requests that the pool could not serve, for as long as the program lives, host or no host. It reads
 * counters once a second and allocates nothing in the program.
 */
export function watchFallbacks(control: ControlBlock, regionBytes: number, log: (line: string) => void): void {
    let known = 0;
    setInterval(() => {
        const counters = readCounters(control, "fallback_allocs", "current_used", "pool_size");
        const { fallback_allocs, current_used, pool_size } = counters;
        if (fallback_allocs === known) return;
        const inMb = (bytes: number): string => (bytes / 1048576).toFixed(2);
        const reserved = pool_size === regionBytes ? "" : `, ${inMb(pool_size)} of them reserved`;
        log(
            `warning: ${fallback_allocs - known} requests fell back to the original within a second ` +
                `(${fallback_allocs} in all); the pool holds ${inMb(current_used)} of ${inMb(regionBytes)} MB${reserved}`,
        );
        known = fallback_allocs;
    }, INTERVAL_MS);
}
