/** Guesses when a run will be over from how long its parts took so far. */
export class TimeLeft {
    #done = 0;

    /**
     * @param total parts in all, each weighing about the same
     * @param now milliseconds of a clock that only goes forward
     */
    constructor(
        readonly total: number,
        readonly now: () => number = () => performance.now(),
        readonly started = now(),
    ) {}

    finish(parts: number): void {
        this.#done += parts;
    }

    /** For people; null while too little is known. */
    toString(): string {
        if (this.#done < this.total / 50) return "";
        const elapsed = this.now() - this.started;
        const seconds = ((elapsed / this.#done) * Math.max(0, this.total - this.#done)) / 1000;
        return seconds < 90
            ? `about ${Math.ceil(seconds / 5) * 5} s left`
            : `about ${Math.round(seconds / 60)} min left`;
    }
}
