import { createInterface, type Interface } from "node:readline";
import { PassThrough } from "node:stream";
import { printable } from "../../shared/printable.js";
import type { PoolClient } from "../client/pool-client.js";
import { completeLine } from "./complete-line.js";
import type { History } from "./history.js";
import { type ConsoleSink, interpret, type NextStep, type ShowView, watchEnd } from "./interpret.js";

/** The terminal of a REPL. */
export interface Terminal {
    input: NodeJS.ReadableStream;
    output: NodeJS.WritableStream;
    history: History;
    /** Shows the live view until the signal aborts. */
    watch: (pool: PoolClient, stop: AbortSignal) => Promise<void>;
}

/**
 * The REPL on a terminal. Ctrl-C clears the line; Ctrl-C on an empty line twice, Ctrl-D or `quit` leaves.
 *
 * @throws UserError TARGET_GONE if the program ends first
 */
export async function runTerminalConsole(pool: PoolClient, terminal: Terminal, sink: ConsoleSink): Promise<void> {
    const { input, output, history, watch } = terminal;
    const prompt = createInterface({
        input,
        output,
        terminal: true,
        prompt: `poolnv ${printable(pool.facts.program)}> `,
        completer: completeLine,
        history: await history.load(),
        historySize: history.size,
        removeHistoryDuplicates: true,
    });
    prompt.on("history", (entries: string[]) => history.remember(entries));
    const reader = new LineReader(prompt);
    leaveOnSecondInterrupt(prompt, output, reader);
    const end = watchEnd(pool, () => {
        output.write("\n");
        prompt.close();
    });
    const view = () => reader.untilKey((stop) => watch(pool, stop));
    const next = await converse(pool, prompt, reader, sink, view).finally(() => prompt.close());
    await history.save();
    if (end.error !== null && next !== "gone") {
        throw end.error;
    }
}

async function converse(
    pool: PoolClient,
    prompt: Interface,
    reader: LineReader,
    sink: ConsoleSink,
    view: ShowView,
): Promise<NextStep> {
    const closed = new Promise<NextStep>((resolve) => prompt.once("close", () => resolve("leave")));
    prompt.prompt();
    for await (const line of reader.lines) {
        // Leaving does not wait for a program that does not answer.
        const next = await Promise.race([interpret(pool, line, sink, view), closed]);
        if (next !== "go on") {
            return next;
        }
        prompt.prompt();
    }
    return "leave";
}

/** The typed lines, without those that only end a view. */
class LineReader {
    readonly #lines = new PassThrough({ objectMode: true });
    #endView: (() => void) | null = null;

    constructor(prompt: Interface) {
        prompt.on("line", (line) => {
            if (!this.interruptView()) {
                this.#lines.write(line);
            }
        });
        prompt.once("close", () => {
            this.interruptView();
            this.#lines.end();
        });
    }

    get lines(): AsyncIterable<string> {
        return this.#lines;
    }

    /** Ends the view, if there is one. */
    interruptView(): boolean {
        const end = this.#endView;
        end?.();
        return end !== null;
    }

    /** Shows something until Enter or Ctrl-C. */
    async untilKey(show: (stop: AbortSignal) => Promise<void>): Promise<void> {
        const ended = new AbortController();
        this.#endView = () => ended.abort();
        try {
            await show(ended.signal);
        } finally {
            this.#endView = null;
        }
    }
}

function leaveOnSecondInterrupt(prompt: Interface, output: NodeJS.WritableStream, reader: LineReader): void {
    let warned = false;
    prompt.on("line", () => (warned = false));
    prompt.on("SIGINT", () => {
        if (reader.interruptView()) {
            warned = false;
            clearLine(prompt);
        } else if (prompt.line !== "") {
            warned = false;
            output.write("^C\n");
            clearLine(prompt);
        } else if (warned) {
            output.write("\n");
            prompt.close();
        } else {
            warned = true;
            output.write("\n(Ctrl-C again, Ctrl-D or quit leaves; the program keeps its pool)\n");
            prompt.prompt();
        }
    });
}

/** Sends End and Ctrl-U, which readline handles on every platform. */
function clearLine(prompt: Interface): void {
    prompt.write(null, { ctrl: true, name: "e" });
    prompt.write(null, { ctrl: true, name: "u" });
}
