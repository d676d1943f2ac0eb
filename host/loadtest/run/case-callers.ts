import { joinSampling } from "../../client/sampling/read-callers.js";
import { SymbolizedCallers } from "../../client/sampling/symbolized-callers.js";
import { type CallersReading, readCallers, sampledSince } from "../../client/sampling/read-callers.js";
import type { PoolClient } from "../../client/pool-client.js";
import type { CallersRecord } from "../results/record.js";

/** How often we read, in milliseconds: often enough for the sampling to go on, and for a crash to find us informed. */
const readMs = 5_000;
/** Callers in a record. */
const toldAtMost = 200;

/** Who asks for memory in one save's turn. */
export class CaseCallers {
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

    /** Goes on with the sampling of an earlier turn with the same program. */
    static async begin(pool: PoolClient, sampleInterval: number): Promise<CaseCallers> {
        const before = await joinSampling(pool, sampleInterval);
        return new CaseCallers(pool, before, before ?? (await readCallers(pool)));
    }

    /** Reads again, where the last time is some seconds ago. */
    async refresh(): Promise<void> {
        if (performance.now() - this.#readAt >= readMs) await this.read();
    }

    /** Reads again. */
    async read(): Promise<void> {
        this.#readAt = performance.now();
        const now = await readCallers(this.pool);
        if (now.epoch !== this.#last.epoch) return; // somebody else's
        this.#last = now;
        await this.#symbolized.symbolize(sampledSince(this.before, now).callers);
    }

    /** What was read last. */
    record(save: number): CallersRecord {
        const { sampleInterval } = this.#last;
        const { callers } = this.#symbolized.group(sampledSince(this.before, this.#last).callers, "function");
        return {
            kind: "callers",
            save,
            callers: callers.slice(0, toldAtMost).map(({ module, function: name, offset, samples, bytes }) => ({
                module: module ?? "(not known)",
                function: name,
                offset,
                bytes: bytes * sampleInterval,
                blocks: samples * sampleInterval,
            })),
        };
    }
}
