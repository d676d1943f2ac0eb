import type { Sample } from "./sample.js";

/** What an hour of samples takes ten times a second must not take for ever: once full, every second one is left out. */
export class SampleHistory {
    #samples: Sample[] = [];
    /** One in so many is kept. */
    #stride = 1;
    #seen = 0;

    /** @param most how many are kept at most */
    constructor(readonly most = 1200) {}

    /** The whole time in equal steps, oldest first. */
    get samples(): readonly Sample[] {
        return this.#samples;
    }

    add(sample: Sample): void {
        if (this.#seen++ % this.#stride !== 0) return;
        this.#samples.push(sample);
        if (this.#samples.length > this.most) {
            this.#samples = this.#samples.filter((_, index) => index % 2 === 0);
            this.#stride *= 2;
        }
    }
}
