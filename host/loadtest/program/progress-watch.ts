import type { PoolStatistics } from "../../../shared/pool-statistics.js";

/** State of a program at one moment. */
export interface Poll {
    readonly statistics: PoolStatistics;
    /** Frames so far; null if the program has no frame counter. */
    readonly frames: number | null;
    /** Whether a save is loading; null if that is not known. */
    readonly loading: boolean | null;
}

/**
 * Distinguishes a program that hangs from one that is slow. Progress is that frames are run. While a save is loading, a
 * game may run no frame for minutes: then, and for programs without a frame counter, calls of the pool count as well.
 */
export class ProgressWatch {
    #frames: number | null = null;
    #calls = -1;
    #lastFrame: number;
    #lastCall: number;
    #isLoading = true;

    /** @param now milliseconds of a monotonic clock */
    constructor(now: number) {
        this.#lastFrame = now;
        this.#lastCall = now;
    }

    /** @param isLoading whether the scenario is still waiting for its save */
    note(now: number, { statistics, frames, loading }: Poll, isLoading: boolean): void {
        const calls = callsOf(statistics);
        if (calls !== this.#calls) this.#lastCall = now;
        if (frames !== this.#frames) this.#lastFrame = now;
        this.#calls = calls;
        this.#frames = frames;
        const wasLoading = this.#isLoading;
        this.#isLoading = isLoading || loading === true;
        if (wasLoading && !this.#isLoading) this.#lastFrame = now; // frames are expected from now on
    }

    /** How long there has been no progress, in milliseconds. */
    stalledMs(now: number): number {
        const last =
            this.#frames !== null && !this.#isLoading ? this.#lastFrame : Math.max(this.#lastFrame, this.#lastCall);
        return now - last;
    }

    /** Describes what makes no progress. */
    describe(now: number): string {
        const seconds = (since: number) => `${Math.round((now - since) / 1000)} s`;
        const calls = `no call has reached its pool for ${seconds(this.#lastCall)}`;
        if (this.#frames === null) return calls;
        const others = now - this.#lastCall < 2_000 ? "other threads still call the pool" : calls;
        return `no frame has gone by for ${seconds(this.#lastFrame)}; ${others}`;
    }
}

function callsOf({ pool_allocs, fallback_allocs, total_frees, reallocs, by_layer }: PoolStatistics): number {
    const scrap = by_layer.scrapheap;
    return (
        pool_allocs +
        fallback_allocs +
        total_frees +
        reallocs +
        (scrap === undefined ? 0 : scrap.pool_allocs + scrap.fallback_allocs)
    );
}
