import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

/** How to poll. */
export interface Polling {
    /** Pause between two reads, in milliseconds; a function is called before each pause. */
    everyMs: number | (() => number);
    /** How long to poll, in milliseconds; default: without end. A read that has begun is not cut off. */
    limitMs?: number;
    /** Ends the polling at the next pause. */
    signal?: AbortSignal | undefined;
}

/**
 * Calls `read` at once and then after each pause, until it returns something other than undefined.
 *
 * @returns that value; undefined if the limit passed first
 * @throws whatever `read` throws, and an AbortError after `signal`
 */
export async function pollUntil<T>(
    read: () => T | undefined | Promise<T | undefined>,
    { everyMs, limitMs = Infinity, signal }: Polling,
): Promise<T | undefined> {
    const end = performance.now() + limitMs;
    for (;;) {
        const value = await read();
        if (value !== undefined) return value;
        if (performance.now() >= end) return undefined;
        await pause(typeof everyMs === "number" ? everyMs : everyMs(), undefined, { signal });
    }
}
