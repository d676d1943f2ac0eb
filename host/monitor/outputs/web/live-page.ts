import type { ServerResponse } from "node:http";
import { printable } from "../../../../shared/printable.js";
import type { PoolFacts } from "../../../../shared/protocol/pool.js";
import { blocksBySize } from "../../plots/blocks-by-size.js";
import { callsOverTime, memoryOverTime } from "../../plots/time-series.js";
import { type Sample, SampleHistory } from "../../sample.js";
import type { SampleOutput } from "../watch-pool.js";
import type { Drawing } from "./drawing.js";
import { PageServer } from "./page-server.js";

/** Shorter than any useful refresh of a plot; samples may be more frequent. */
const leastSecondsBetweenDrawings = 0.25;

/** The live view as a page on the loopback interface. It redraws itself as samples arrive. */
export class LivePage implements SampleOutput {
    readonly #history = new SampleHistory();
    readonly #viewers = new Set<ServerResponse>();
    readonly #server: PageServer;
    #drawnAt = -Infinity;
    #newest: string | null = null;

    private constructor(
        server: PageServer,
        private readonly facts: PoolFacts,
    ) {
        this.#server = server;
    }

    /**
     * @param port 0 for any
     * @throws UserError PORT_TAKEN
     */
    static async open(facts: PoolFacts, port: number): Promise<LivePage> {
        const server = await PageServer.listen(port);
        const page = new LivePage(server, facts);
        server.onViewer = (viewer) => page.#addViewer(viewer);
        return page;
    }

    /** Address of the page, with its token. */
    get url(): string {
        return this.#server.url;
    }

    write(sample: Sample): void {
        this.#history.add(sample);
        if (sample.elapsed - this.#drawnAt < leastSecondsBetweenDrawings) return;
        this.#drawnAt = sample.elapsed;
        this.#newest = eventOf("drawing", this.#drawing(sample));
        for (const viewer of this.#viewers) send(viewer, this.#newest);
    }

    async close(): Promise<void> {
        for (const viewer of this.#viewers) viewer.end(eventOf("end", {}));
        await this.#server.close();
    }

    #addViewer(viewer: ServerResponse): void {
        this.#viewers.add(viewer);
        viewer.on("close", () => this.#viewers.delete(viewer));
        if (this.#newest !== null) viewer.write(this.#newest);
    }

    #drawing({ time, statistics }: Sample): Drawing {
        const { program, pid } = this.facts;
        return {
            title: `${printable(program)} (pid ${pid})`,
            time: new Date(time).toISOString(),
            plots: {
                memory: memoryOverTime(this.#history.samples),
                calls: callsOverTime(this.#history.samples),
                sizes: blocksBySize(statistics.histogram),
            },
        };
    }
}

/** A server-sent event. JSON has no line ends, which would end it early. */
function eventOf(name: string, data: object): string {
    return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Skips a viewer that does not keep up: it gets a later drawing. */
function send(viewer: ServerResponse, event: string): void {
    if (!viewer.writableNeedDrain) viewer.write(event);
}
