import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

/** What the demo's program measured of itself. */
export interface Measurement {
    /** How many worked at once. */
    readonly threads: number;
    /** Allocations, frees and reallocations, of all of them. */
    readonly operations: number;
    /** Time for one, in nanoseconds. */
    readonly ns_per_operation: number;
    /** Resident memory at its peak, in bytes. */
    readonly peak_memory: number;
    /** Calls of malloc. */
    readonly allocations: number;
    /** Calls of realloc. */
    readonly reallocations: number;
    /** Calls of free. */
    readonly frees: number;
    /** Blocks that did not hold what was written into them. */
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
 * Waits for the program's own counts.
 *
 * @param programEnded settles when the program is no more, with what is known of why
 */
export async function awaitMeasurement(file: string, programEnded: Promise<string>): Promise<Measurement> {
    const stopWaiting = new AbortController();
    try {
        const text = await Promise.race([
            appears(file, stopWaiting.signal),
            programEnded.then((reason) => Promise.reject(new Error(`The demo's program ended early: ${reason}`))),
        ]);
        return checked(measurementSchema.parse(JSON.parse(text)));
    } finally {
        stopWaiting.abort();
    }
}

async function appears(file: string, signal: AbortSignal): Promise<string> {
    const deadline = Date.now() + LONGEST_RUN_MS;
    while (!signal.aborted && Date.now() < deadline) {
        const text = await readFile(file, "utf8").catch(() => null);
        if (text !== null) {
            return text;
        }
        await pause(POLL_MS);
    }
    throw new Error(`The demo's program did not finish its work within ${LONGEST_RUN_MS / 60_000} minutes.`);
}

function checked(measurement: Measurement): Measurement {
    if (measurement.damaged > 0) {
        throw new Error(`${measurement.damaged} blocks of the demo's program did not hold what was written into them.`);
    }
    return measurement;
}

const LONGEST_RUN_MS = 300_000;
const POLL_MS = 50;
