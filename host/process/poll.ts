import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

/** How often and how long a value is polled for. */
export interface PollLimits {
    /** Pause between two readings, in milliseconds. */
    everyMs: number;
    /** Time after which polling gives up, in milliseconds; may be Infinity. */
    limitMs: number;
    /** Ends the polling early: the promise rejects with an AbortError. */
    signal?: AbortSignal;
}

/**
 * Reads again and again until there is a value. The first reading is made at once.
 *
 * @param read returns null if there is no value yet
 * @returns the first value that is not null, or null at the limit
 */
export async function pollUntil<Value>(
    read: () => Value | null | Promise<Value | null>,
    { everyMs, limitMs, signal }: PollLimits,
): Promise<Value | null> {
    const end = performance.now() + limitMs;
    for (;;) {
        const value = await read();
        if (value !== null || performance.now() >= end) return value;
        await pause(everyMs, null, { signal });
    }
}
