import type { SampleRecord } from "../results/record.js";
import { type Columns, packColumns, type PackedSamples, thinSamples } from "./sample-columns.js";

/** Collects the samples of one save. Memory is bounded: they are thinned whenever there are four times too many. */
export class CollectedSamples {
    #columns: Columns = { at: [], used: [], peak: [], committed: [], hole: [], fallbackRate: [] };
    #taken = 0;
    #newest: SampleRecord | null = null;
    #histogram: SampleRecord["statistics"]["histogram"];

    /**
     * @param startedAt when the test case began, in milliseconds as in the records
     * @param most largest number of samples to retain
     */
    constructor(
        private readonly startedAt: number,
        private readonly most: number,
    ) {}

    /** Number of samples added. */
    get taken(): number {
        return this.#taken;
    }

    get newest(): SampleRecord | null {
        return this.#newest;
    }

    /** The last one in the records; empty if there is none. */
    get histogram() {
        return this.#histogram ?? [];
    }

    add(sample: SampleRecord): void {
        const { at_ms, statistics } = sample;
        const { at, used, peak, committed, hole, fallbackRate } = this.#columns;
        const { address_space: space } = statistics;
        at.push(at_ms - this.startedAt);
        used.push(kilobytes(statistics.current_used));
        peak.push(kilobytes(statistics.peak_used));
        committed.push(kilobytes(statistics.committed));
        hole.push(space === null ? null : kilobytes(space.largest_hole));
        fallbackRate.push(this.#fallbackRate(sample));
        this.#taken++;
        this.#newest = sample;
        this.#histogram = statistics.histogram ?? this.#histogram;
        if (at.length > 4 * this.most) this.#columns = thinSamples(this.#columns, this.most);
    }

    pack(): PackedSamples {
        return packColumns(thinSamples(this.#columns, this.most));
    }

    /** Per 100 seconds. Never negative: a counter may be behind for a moment, and starts again in a new process. */
    #fallbackRate({ at_ms, statistics }: SampleRecord): number | null {
        if (this.#newest === null) return null;
        const seconds = (at_ms - this.#newest.at_ms) / 1000;
        const fallbacks = Math.max(0, statistics.fallback_allocs - this.#newest.statistics.fallback_allocs);
        return seconds > 0 ? Math.round((100 * fallbacks) / seconds) : null;
    }
}

function kilobytes(bytes: number): number {
    return Math.round(bytes / 1024);
}
