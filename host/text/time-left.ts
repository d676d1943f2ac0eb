/** Estimates the time until a run is over from how long its parts took so far. */
export class TimeLeft {
    #done = 0;

    /**
     * @param total number of parts, of about the same length
     * @param now milliseconds of a monotonic clock
     */
    constructor(
        readonly total: number,
        readonly now: () => number = () => performance.now(),
        readonly started = now(),
    ) {}

    finish(parts: number): void {
        this.#done += parts;
    }

    /** For people; empty while too few parts are done. */
    toString(): string {
        if (this.#done < this.total / 50) return "";
        const elapsed = this.now() - this.started;
        const seconds = ((elapsed / this.#done) * Math.max(0, this.total - this.#done)) / 1000;
        return seconds < 90
            ? `about ${Math.ceil(seconds / 5) * 5} s left`
            : `about ${Math.round(seconds / 60)} min left`;
    }
}
