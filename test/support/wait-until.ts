import { setTimeout as pause } from "node:timers/promises";

/** Waits until `holds` answers with something other than false, null or undefined, and returns it. */
export async function waitUntil<T>(
    what: string,
    holds: () => T | false | null | undefined,
    milliseconds = 20_000,
): Promise<T> {
    const end = Date.now() + milliseconds;
    for (;;) {
        const value = holds();
        if (value !== false && value !== null && value !== undefined) return value;
        if (Date.now() > end) throw new Error(`in ${milliseconds / 1000} s it did not happen: ${what}`);
        await pause(20);
    }
}
