import type { Tally } from "../tally.js";

/** Time between two lines if standard error is no terminal, in milliseconds. */
const pauseMs = 30_000;

/** One line on standard error with the progress of a trial and the time left. */
export class Progress {
    readonly #title: string;
    readonly #count: number;
    readonly #started = Date.now();
    #last = 0;

    constructor(title: string, count: number) {
        this.#title = title;
        this.#count = count;
    }

    show(done: number, { deaths, corruptions, faults }: Tally): void {
        const now = Date.now();
        const terminal = process.stderr.isTTY;
        if (done < this.#count && now - this.#last < (terminal ? 200 : pauseMs)) return;
        this.#last = now;
        const left = ((now - this.#started) / 1000 / done) * (this.#count - done);
        const line =
            `${this.#title}: ${done.toLocaleString("en")} of ${this.#count.toLocaleString("en")}, ` +
            `${deaths} deaths, ${corruptions} corruptions, ${faults.length} faults, ${clock(left)} left`;
        process.stderr.write(terminal ? `\r\u001b[K${line}` : `${line}\n`);
    }

    end(): void {
        if (process.stderr.isTTY) process.stderr.write("\n");
    }
}

function clock(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}
