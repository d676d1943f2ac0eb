import { setTimeout as pause } from "node:timers/promises";

/** How often to read, and for how long. */
export interface Polling {
    /** Time between two reads, in milliseconds. */
    readonly everyMs: number;
    /** Time from the first read to the last, in milliseconds. */
    readonly limitMs: number;
    /** Ends the polling: it rejects with an `AbortError` then. */
    readonly signal?: AbortSignal;
}

/**
 * Reads at once and then again and again, until there is a value or the time is over. The last read is at the limit.
 *
 * @returns the first value that is not null; null if there was none
 */
export async function pollUntil<T>(
    read: () => T | null | Promise<T | null>,
    { everyMs, limitMs, signal }: Polling,
): Promise<T | null> {
    const end = performance.now() + limitMs;
    for (;;) {
        const value = await read();
        if (value !== null) return value;
        const leftMs = end - performance.now();
        if (leftMs <= 0) return null;
        await pause(Math.min(everyMs, leftMs), undefined, { signal });
    }
}
