import { readFile } from "node:fs/promises";
import { z } from "zod";
import { pollUntil } from "../process/poll.js";

/** What the demo's program has measured about its own work. */
export interface Measurement {
    /** Number of threads. */
    readonly threads: number;
    /** Allocations, frees and reallocations of all threads. */
    readonly operations: number;
    /** Time of one operation, in nanoseconds. */
    readonly ns_per_operation: number;
    /** Peak resident memory, in bytes. */
    readonly peak_memory: number;
    /** Calls of malloc. */
    readonly allocations: number;
    /** Calls of realloc. */
    readonly reallocations: number;
    /** Calls of free. */
    readonly frees: number;
    /** Blocks whose contents had changed. */
    readonly damaged: number;
}

const measurementSchema: z.ZodType<Measurement> = z.object({
    threads: z.number(),
    operations: z.number(),
    ns_per_operation: z.number(),
    peak_memory: z.number(),
    allocations: z.number(),
    reallocations: z.number(),
    frees: z.number(),
    damaged: z.number(),
});

/**
 * Waits for the measurement that the program writes.
 *
 * @param programEnded resolves when the program has ended, to the reason
 */
export async function awaitMeasurement(file: string, programEnded: Promise<string>): Promise<Measurement> {
    const stopWaiting = new AbortController();
    try {
        const text = await Promise.race([
            contentOf(file, stopWaiting.signal),
            programEnded.then((reason) => Promise.reject(new Error(`The demo's program ended early: ${reason}`))),
        ]);
        return checked(measurementSchema.parse(JSON.parse(text)));
    } finally {
        stopWaiting.abort();
    }
}

async function contentOf(file: string, signal: AbortSignal): Promise<string> {
    const read = () => readFile(file, "utf8").catch(() => null);
    const text = await pollUntil(read, { everyMs: pollMs, limitMs: longestRunMs, signal });
    if (text !== null) return text;
    throw new Error(`The demo's program did not finish its work within ${longestRunMs / 60_000} minutes.`);
}

function checked(measurement: Measurement): Measurement {
    if (measurement.damaged === 0) return measurement;
    throw new Error(`The contents of ${measurement.damaged} blocks of the demo's program have changed.`);
}

const longestRunMs = 300_000;
const pollMs = 50;
