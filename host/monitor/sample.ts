import type { PoolStatistics } from "../../shared/pool-statistics.js";

/** A pool at one moment. */
export interface Sample {
    /** Wall-clock time, in milliseconds since 1970. */
    readonly time: number;
    /** Seconds since the first sample, by a monotonic clock. */
    readonly elapsed: number;
    /** The pool's statistics. */
    readonly statistics: PoolStatistics;
    /** Rates since the sample before; null in the first. */
    readonly rates: Rates | null;
}

/** Calls per second. */
export interface Rates {
    /** Blocks served from the pool. */
    readonly allocs: number;
    /** Calls of free. */
    readonly frees: number;
    /** Calls of realloc. */
    readonly reallocs: number;
    /** Requests that the pool could not serve. */
    readonly fallbacks: number;
}

/** @param seconds between the two, above 0 */
export function ratesBetween(before: PoolStatistics, after: PoolStatistics, seconds: number): Rates {
    // A counter may be behind an earlier reading for a moment while threads run.
    const rate = (earlier: number, later: number) => Math.max(0, later - earlier) / seconds;
    return {
        allocs: rate(before.pool_allocs, after.pool_allocs),
        frees: rate(before.total_frees, after.total_frees),
        reallocs: rate(before.reallocs, after.reallocs),
        fallbacks: rate(before.fallback_allocs, after.fallback_allocs),
    };
}

/** Bytes as a share, 0 to 1, of what the pool may grow to; 0 if it may not grow at all. */
export function shareOfPool(bytes: number, { pool_limit }: Pick<PoolStatistics, "pool_limit">): number {
    return pool_limit === 0 ? 0 : Math.min(1, bytes / pool_limit);
}

/** A bounded number of samples over any length of time: whenever it is full, every second one is dropped. */
export class SampleHistory {
    #samples: Sample[] = [];
    /** One in so many samples is retained. */
    #stride = 1;
    #added = 0;

    /** @param most largest number of samples */
    constructor(readonly most = 1200) {}

    /** From the first sample to the newest in equal steps, oldest first. */
    get samples(): readonly Sample[] {
        return this.#samples;
    }

    add(sample: Sample): void {
        if (this.#added++ % this.#stride !== 0) return;
        this.#samples.push(sample);
        if (this.#samples.length > this.most) {
            this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
            this.#stride *= 2;
        }
    }
}
