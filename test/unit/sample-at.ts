import type { Sample } from "../../host/monitor/sample.js";
import { statistics } from "./fake-transport.js";

/**
 * A sample of the fake pool.
 *
 * @param elapsed seconds since the first sample
 * @param changes statistics that differ from those of the fake pool
 */
export function sampleAt(elapsed: number, changes: Partial<Sample["statistics"]> = {}): Sample {
    return {
        time: Date.UTC(2026, 0, 1) + elapsed * 1000,
        elapsed,
        statistics: { ...statistics, ...changes },
        rates: elapsed === 0 ? null : { allocs: 10, frees: 9, reallocs: 1, fallbacks: 0 },
    };
}
