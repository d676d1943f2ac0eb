import type { ControlBlock } from "../shared/control-block.js";
import { readCounter } from "../shared/statistics.js";

const INTERVAL_MS = 1000;

/**
 * Logs bursts of requests that the pool could not serve, for as long as the program lives, host or no host. It reads
 * counters once a second and allocates nothing in the program.
 */
export function watchFallbacks(control: ControlBlock, log: (line: string) => void): void {
    let known = 0;
    setInterval(() => {
        const fallback_allocs = readCounter(control, "fallback_allocs");
        if (fallback_allocs === known) return;
        const [current_used, pool_size] = [readCounter(control, "current_used"), readCounter(control, "pool_size")];
        const inMb = (bytes: number): string => (bytes / 1048576).toFixed(2);
        log(
            `warning: ${fallback_allocs - known} requests fell back to the original within a second ` +
                `(${fallback_allocs} in all); the pool holds ${inMb(current_used)} of ${inMb(pool_size)} MB`,
        );
        known = fallback_allocs;
    }, INTERVAL_MS);
}
