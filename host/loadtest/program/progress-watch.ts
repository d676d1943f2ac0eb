import type { PoolStatistics } from "../../client/pool-statistics.js";

/** What is seen of a program at one moment. */
export interface Look {
    readonly statistics: PoolStatistics;
    /** Frames so far; null where they can't be counted. */
    readonly frames: number | null;
    /** Whether a save is loading; null where that is not known. */
    readonly loading: boolean | null;
}

/**
 * Tells a program that hangs from one that is slow. What counts is that frames go by; where they can't be counted, and
 * while a save is loading, within which a game may run no frame for minutes, that calls reach the pool does as well.
 */
export class ProgressWatch {
    #frames: number | null = null;
    #calls = -1;
    #lastFrame: number;
    #lastCall: number;
    #isLoading = true;

    /** @param now milliseconds of a clock that only goes forward */
    constructor(now: number) {
        this.#lastFrame = now;
        this.#lastCall = now;
    }

    /** @param isLoading whether the program is still at a save, as far as its scenario knows */
    note(now: number, { statistics, frames, loading }: Look, isLoading: boolean): void {
        const calls = callsOf(statistics);
        if (calls !== this.#calls) this.#lastCall = now;
        if (frames !== this.#frames) this.#lastFrame = now;
        this.#calls = calls;
        this.#frames = frames;
        const wasLoading = this.#isLoading;
        this.#isLoading = isLoading || loading === true;
        if (wasLoading && !this.#isLoading) this.#lastFrame = now; // only from now on are frames due
    }

    /** For how long there has been no progress, in milliseconds. */
    stillMs(now: number): number {
        const last =
            this.#frames !== null && !this.#isLoading ? this.#lastFrame : Math.max(this.#lastFrame, this.#lastCall);
        return now - last;
    }

    /** What stands still, in words. */
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
