import { createLogUpdate } from "log-update";
import type { PoolFacts } from "../../../shared/protocol/pool.js";
import type { Sample } from "../sample.js";
import { type Paint, render } from "./render-view.js";
import type { SampleOutput } from "./watch-pool.js";

type Screen = NodeJS.WritableStream & { columns?: number };

/** The sparkline shows one sample per column: no terminal is wider. */
const mostRecent = 400;

/** The live view on a terminal, redrawn in place with each sample. The last one stays when it closes. */
export class LiveView implements SampleOutput {
    readonly #screen: Screen;
    readonly #draw: ReturnType<typeof createLogUpdate>;
    readonly #recent: Sample[] = [];

    /** @param howToEnd text of the last line */
    constructor(
        screen: Screen,
        private readonly facts: PoolFacts,
        private readonly paint: Paint,
        private readonly howToEnd: string,
    ) {
        this.#screen = screen;
        this.#draw = createLogUpdate(screen);
    }

    write(sample: Sample): void {
        this.#recent.push(sample);
        if (this.#recent.length > mostRecent) this.#recent.shift();
        const width = (this.#screen.columns ?? 80) - 1; // the last column makes some terminals wrap
        this.#draw([...render(this.#recent, this.facts, width, this.paint), this.paint.dim(this.howToEnd)].join("\n"));
    }

    isHeard(): boolean {
        return this.#screen.writable;
    }

    close(): void {
        this.#draw.done();
    }
}
