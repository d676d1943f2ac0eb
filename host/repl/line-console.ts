import { createInterface } from "node:readline";
import type { PoolClient } from "../client/pool-client.js";
import { type ConsoleSink, interpret, type NextStep, watchEnd } from "./interpret.js";

/** The REPL without a terminal: one command a line, until the input, the program or `quit` ends it. */
export async function runLineConsole(pool: PoolClient, input: NodeJS.ReadableStream, sink: ConsoleSink): Promise<void> {
    const lines = createInterface({ input, crlfDelay: Infinity });
    const end = watchEnd(pool, () => lines.close());
    let next: NextStep = "go on";
    try {
        for await (const line of lines) {
            next = end.error === null && sink.isHeard() ? await interpret(pool, line, sink) : "leave";
            if (next !== "go on") {
                break;
            }
        }
    } finally {
        lines.close();
    }
    if (end.error !== null && next !== "gone") {
        sink.error(end.error);
    }
}
