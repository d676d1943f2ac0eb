import { performance } from "node:perf_hooks";
import type { PoolClient } from "../../client/pool-client.js";
import { type CallersReading, joinSampling, readCallers, sampledSince } from "../../client/sampling/read-callers.js";
import { SymbolizedCallers } from "../../client/sampling/symbolized-callers.js";
import type { CallersRecord } from "../results/record.js";

/** Milliseconds between two readings: often enough to keep the sampler running, and to have recent data at a crash. */
const readMs = 5_000;
/** Callers in a record. */
const callersAtMost = 200;

/** Samples the callers of the allocator during one test case. */
export class CaseSampler {
    readonly #symbolized: SymbolizedCallers;
    #last: CallersReading;
    #readAt = performance.now();

    private constructor(
        readonly pool: PoolClient,
        readonly before: CallersReading | null,
        first: CallersReading,
    ) {
        this.#symbolized = new SymbolizedCallers(pool);
        this.#last = first;
    }

    /**
     * Starts the sampler, or joins the one that an earlier test case has started in the same program.
     *
     * @param sampleInterval calls per sample
     */
    static async start(pool: PoolClient, sampleInterval: number): Promise<CaseSampler> {
        const before = await joinSampling(pool, sampleInterval);
        return new CaseSampler(pool, before, before ?? (await readCallers(pool)));
    }

    /** Reads again if the last reading is some seconds old. */
    async refresh(): Promise<void> {
        if (performance.now() - this.#readAt >= readMs) await this.read();
    }

    /** Reads again. */
    async read(): Promise<void> {
        this.#readAt = performance.now();
        const now = await readCallers(this.pool);
        if (now.epoch !== this.#last.epoch) return; // another host has restarted the sampler
        this.#last = now;
        await this.#symbolized.symbolize(sampledSince(this.before, now).callers);
    }

    /** The callers as of the last reading, with the largest first. */
    callers(): CallersRecord["callers"] {
        const { sampleInterval } = this.#last;
        const { callers } = this.#symbolized.group(sampledSince(this.before, this.#last).callers, "function");
        return callers.slice(0, callersAtMost).map(({ module, function: name, offset, samples, bytes }) => ({
            module: module ?? "(not known)",
            function: name,
            offset,
            bytes: bytes * sampleInterval,
            blocks: samples * sampleInterval,
        }));
    }
}
