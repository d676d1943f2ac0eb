/** What came of a trial so far. */
export class Tally {
    /** How often it was done. */
    count = 0;
    /** Programs that ended without being told to, or could not end when told. */
    deaths = 0;
    /** Blocks that did not hold what the program had written. */
    corruptions = 0;
    /** For each time: the longest that all threads stood still, as the program itself saw it. */
    readonly stallsMs: number[] = [];
    /** Anything else that was not as it must be. */
    readonly faults: string[] = [];
    /** Figures of this trial alone, as sentences. */
    readonly remarks: string[] = [];

    readonly #onCount: (count: number) => void;

    /** @param onCount told whenever the count has changed */
    constructor(onCount: (count: number) => void = () => {}) {
        this.#onCount = onCount;
    }

    /** It was done once more, or so many times more. */
    done(times = 1): void {
        this.count += times;
        this.#onCount(this.count);
    }

    death(what: string): void {
        this.deaths++;
        this.faults.push(what);
    }

    /** Takes note of what a program found in its blocks. */
    contents(corruptions: number | undefined, when: string): void {
        if (corruptions === 0) return;
        this.corruptions += corruptions ?? 1;
        this.faults.push(`${when}: ${corruptions ?? "an unknown number of"} corruptions`);
    }

    /** Takes note of something that must be so. */
    expect(holds: boolean, what: string): void {
        if (!holds) this.faults.push(what);
    }

    get passed(): boolean {
        return this.count > 0 && this.faults.length === 0;
    }
}
