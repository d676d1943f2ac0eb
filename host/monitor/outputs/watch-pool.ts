import type { PoolClient } from "../../client/pool-client.js";
import type { Sample } from "../sample.js";
import { samples, type SamplingEnd, type SamplingOptions } from "../sampler.js";

/** A destination of samples: a terminal, a file, a page. */
export interface SampleOutput {
    write(sample: Sample): void | Promise<void>;
    /** False once its reader is gone: sampling stops then. */
    isHeard?(): boolean;
    /** Called once after the last sample, also after an error. */
    close(): void | Promise<void>;
}

/**
 * Takes samples of a pool and writes each to every output: until there are enough, it is stopped, the program ends, or the
 * reader of an output is gone. Closes the outputs.
 *
 * @throws UserError any error of the pool, and FILE_NOT_WRITABLE
 */
export async function watchPool(
    pool: PoolClient,
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
