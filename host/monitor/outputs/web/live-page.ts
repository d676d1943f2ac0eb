import type { ServerResponse } from "node:http";
import { printable } from "../../../../shared/printable.js";
import { blocksBySize } from "../../plots/blocks-by-size.js";
import { callsOverTime } from "../../plots/calls-over-time.js";
import { memoryOverTime } from "../../plots/memory-over-time.js";
import { SampleHistory } from "../../sample-history.js";
import type { Sample } from "../../sample.js";
import type { PoolFacts } from "../../../client/pool-session.js";
import type { SampleOutput } from "../sample-output.js";
import { PageServer } from "./page-server.js";

/** An eye sees no more, and a page draws no more, however often samples are taken. */
const leastSecondsBetweenDrawings = 0.25;

/** The view as a page of this machine, which draws itself again as samples come. */
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
        server.onViewer = (viewer) => page.#welcome(viewer);
        return page;
    }

    /** Where it is shown, with the token that opens it. */
    get url(): string {
        return this.#server.url;
    }

    write(sample: Sample): void {
        this.#history.add(sample);
        if (sample.elapsed - this.#drawnAt < leastSecondsBetweenDrawings) return;
        this.#drawnAt = sample.elapsed;
        this.#newest = eventOf("drawing", this.#drawing(sample));
        for (const viewer of this.#viewers) tell(viewer, this.#newest);
    }

    async close(): Promise<void> {
        for (const viewer of this.#viewers) viewer.end(eventOf("end", {}));
        await this.#server.close();
    }

    #welcome(viewer: ServerResponse): void {
        this.#viewers.add(viewer);
        viewer.on("close", () => this.#viewers.delete(viewer));
        if (this.#newest !== null) viewer.write(this.#newest);
    }

    #drawing({ time, statistics }: Sample): object {
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

/** JSON has no line ends, which would end the event. */
function eventOf(name: string, data: object): string {
    return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A viewer that does not keep up is spared what it would not see in time. */
function tell(viewer: ServerResponse, event: string): void {
    if (!viewer.writableNeedDrain) viewer.write(event);
}
