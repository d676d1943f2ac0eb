/** Results of a trial so far. */
export class Tally {
    /** How often it was done. */
    count = 0;
    /** Programs that ended without an order, or did not end at one. */
    deaths = 0;
    /** Blocks whose content was not as the program had written it. */
    corruptions = 0;
    /** For each time: the longest stall of all threads, as the program itself measured it. */
    readonly stallsMs: number[] = [];
    /** Any other fault. */
    readonly faults: string[] = [];
    /** Figures of this trial alone, as sentences. */
    readonly remarks: string[] = [];

    readonly #onCount: (count: number) => void;

    /** @param onCount called when the count has changed */
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

    /** Adds the corruptions that a program found in its blocks. */
    contents(corruptions: number | undefined, when: string): void {
        if (corruptions === 0) return;
        this.corruptions += corruptions ?? 1;
        this.faults.push(`${when}: ${corruptions ?? "an unknown number of"} corruptions`);
    }

    /** Adds a fault unless the condition holds. */
    expect(holds: boolean, what: string): void {
        if (!holds) this.faults.push(what);
    }

    get passed(): boolean {
        return this.count > 0 && this.faults.length === 0;
    }
}
