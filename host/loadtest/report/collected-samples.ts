import type { SampleRecord } from "../results/record.js";
import { type Columns, type PackedSamples, packColumns } from "./packed-samples.js";
import { thinSamples } from "./thin-samples.js";

/** The samples of one save as they are read. However many come, only a few times as many are held as are kept. */
export class CollectedSamples {
    #columns: Columns = { at: [], used: [], peak: [], committed: [], hole: [], fallbackRate: [] };
    #taken = 0;
    #newest: SampleRecord | null = null;
    #histogram: SampleRecord["statistics"]["histogram"];

    /**
     * @param startedAt when the save's turn began, in milliseconds as in the records
     * @param most how many are kept
     */
    constructor(
        private readonly startedAt: number,
        private readonly most: number,
    ) {}

    /** How many there were. */
    get taken(): number {
        return this.#taken;
    }

    get newest(): SampleRecord | null {
        return this.#newest;
    }

    /** The last that was written down, where one was. */
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

    /** In hundredths. A counter may lag behind itself for a moment, and that of a new process begins anew. */
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
