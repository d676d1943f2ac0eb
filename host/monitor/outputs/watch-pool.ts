import type { MemoryPool } from "../../client/memory-pool.js";
import { samples, type SamplingEnd, type SamplingOptions } from "../sampler.js";
import type { SampleOutput } from "./sample-output.js";

/**
 * Takes samples of a pool and hands each to every output, until there are enough, until stopped, until the program ends, or
 * until nobody looks any more. Closes the outputs.
 *
 * @throws UserError whatever the pool answers with, and FILE_NOT_WRITABLE
 */
export async function watchPool(
    pool: MemoryPool,
    options: SamplingOptions,
    outputs: readonly SampleOutput[],
): Promise<SamplingEnd> {
    const taking = samples(pool, options);
    try {
        for (;;) {
            const next = await taking.next();
            if (next.done === true) return next.value;
            for (const output of outputs) await output.write(next.value);
            if (outputs.some((output) => output.isHeard?.() === false)) return "stopped";
        }
    } finally {
        for (const output of outputs) await output.close();
    }
}
