import { joinSampling } from "../../client/sampling/join-sampling.js";
import { LocatedCallers } from "../../client/sampling/located-callers.js";
import { type CallersReading, readCallers, sampledSince } from "../../client/sampling/read-callers.js";
import type { PoolSession } from "../../client/pool-session.js";
import type { CallersRecord } from "../results/record.js";

/** How often we read, in milliseconds: often enough for the sampling to go on, and for a crash to find us informed. */
const readMs = 5_000;
/** Callers in a record. */
const toldAtMost = 200;

/** Who asks for memory in one save's turn. */
export class CaseCallers {
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

    /** Goes on with the sampling of an earlier turn with the same program. */
    static async begin(session: PoolSession, oneIn: number): Promise<CaseCallers> {
        const before = await joinSampling(session, oneIn);
        return new CaseCallers(session, before, before ?? (await readCallers(session)));
    }

    /** Reads again, where the last time is some seconds ago. */
    async refresh(): Promise<void> {
        if (performance.now() - this.#readAt >= readMs) await this.read();
    }

    /** Reads again. */
    async read(): Promise<void> {
        this.#readAt = performance.now();
        const now = await readCallers(this.session);
        if (now.epoch !== this.#last.epoch) return; // somebody else's
        this.#last = now;
        await this.#located.locate(sampledSince(this.before, now).callers);
    }

    /** What was read last. */
    record(save: number): CallersRecord {
        const { oneIn } = this.#last;
        const { callers } = this.#located.group(sampledSince(this.before, this.#last).callers, "function");
        return {
            kind: "callers",
            save,
            callers: callers.slice(0, toldAtMost).map(({ module, function: name, offset, samples, bytes }) => ({
                module: module ?? "(not known)",
                function: name,
                offset,
                bytes: bytes * oneIn,
                blocks: samples * oneIn,
            })),
        };
    }
}
