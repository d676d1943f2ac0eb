import { performance } from "node:perf_hooks";
import type { PoolSession } from "../../client/pool-session.js";
import { joinSampling } from "../../client/sampling/join-sampling.js";
import { LocatedCallers } from "../../client/sampling/located-callers.js";
import { type CallersReading, readCallers, sampledSince } from "../../client/sampling/read-callers.js";
import type { CallersRecord } from "../results/record.js";

/** Milliseconds between two readings: often enough to keep the sampler running, and to have recent data at a crash. */
const readMs = 5_000;
/** Callers in a record. */
const callersAtMost = 200;

/** Samples the callers of the allocator during one test case. */
export class CaseSampler {
    readonly #located: LocatedCallers;
    #last: CallersReading;
    #readAt = performance.now();

    private constructor(
        readonly session: PoolSession,
        readonly before: CallersReading | null,
        first: CallersReading,
    ) {
        this.#located = new LocatedCallers(session);
        this.#last = first;
    }

    /**
     * Starts the sampler, or joins the one that an earlier test case has started in the same program.
     *
     * @param sampleInterval calls per sample
     */
    static async start(session: PoolSession, sampleInterval: number): Promise<CaseSampler> {
        const before = await joinSampling(session, sampleInterval);
        return new CaseSampler(session, before, before ?? (await readCallers(session)));
    }

    /** Reads again if the last reading is some seconds old. */
    async refresh(): Promise<void> {
        if (performance.now() - this.#readAt >= readMs) await this.read();
    }

    /** Reads again. */
    async read(): Promise<void> {
        this.#readAt = performance.now();
        const now = await readCallers(this.session);
        if (now.epoch !== this.#last.epoch) return; // another host has restarted the sampler
        this.#last = now;
        await this.#located.locate(sampledSince(this.before, now).callers);
    }

    /** The callers as of the last reading, with the largest first. */
    callers(): CallersRecord["callers"] {
        const { oneIn } = this.#last;
        const { callers } = this.#located.group(sampledSince(this.before, this.#last).callers, "function");
        return callers.slice(0, callersAtMost).map(({ module, function: name, offset, samples, bytes }) => ({
            module: module ?? "(not known)",
            function: name,
            offset,
            bytes: bytes * oneIn,
            blocks: samples * oneIn,
        }));
    }
}
