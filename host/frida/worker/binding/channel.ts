import { createReadStream, writeSync } from "node:fs";
import { readLines } from "../worker-lines.js";
import type { WorkerLine, WorkerRequest } from "../worker-protocol.js";

/** Longest line to the parent, in bytes: no answer of an agent and no list of processes is longer. */
const lineLimit = 16 * 1024 * 1024;
/** Pause before the rest is written to a parent that does not read fast enough, in milliseconds. */
const fullPauseMs = 5;

/** Lines of JSON over two descriptors. Writing after the parent has ended is not an error. */
export class Channel {
    /** Of `performance.now()`; null while it lives. Set during a request, too. */
    parentEndedAt: number | null = null;
    readonly #output: number;
    readonly #requests: WorkerRequest[] = [];
    #onChange: () => void = () => {};

    constructor(input: number, output: number) {
        this.#output = output;
        const stream = createReadStream("", { fd: input });
        // A line without its end is the last words of a parent that was killed.
        const onLine = (line: string): void => {
            this.#requests.push(JSON.parse(line) as WorkerRequest);
            this.#onChange();
        };
        readLines(stream, Infinity, onLine, () => {});
        const onEnd = (): void => {
            this.parentEndedAt ??= performance.now();
            this.#onChange();
        };
        stream.once("end", onEnd).once("error", onEnd);
    }

    /** Yields each request until the parent ends. */
    async *requests(): AsyncGenerator<WorkerRequest> {
        while (true) {
            const request = this.#requests.shift();
            if (request !== undefined) yield request;
            else if (this.parentEndedAt !== null) return;
            else await new Promise<void>((resolve) => (this.#onChange = resolve));
        }
    }

    send(line: WorkerLine): void {
        const data = Buffer.from(JSON.stringify(line) + "\n");
        if (data.length <= lineLimit) {
            writeAll(this.#output, data);
        } else if ("id" in line) {
            const message = `answered with ${data.length} bytes`;
            this.send({ id: line.id, results: [], error: { name: "InvalidAnswer", message } });
        }
    }
}

function writeAll(descriptor: number, data: Buffer): void {
    for (let written = 0; written < data.length;) {
        try {
            written += writeSync(descriptor, data, written);
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fullPauseMs);
            else if (code !== "EINTR") return; // the parent has ended; its request is finished all the same
        }
    }
}
