import { createInterface, type Interface } from "node:readline";

import { printable } from "../../agent/shared/printable.js";
import type { History } from "./history.js";
import { type ConsoleSink, interpret, type NextStep, watchEnd } from "./interpret.js";
import type { MemoryPool } from "./memory-pool.js";
import { completeLine } from "./parse-line.js";

/** A terminal to talk at. */
export interface Terminal {
    input: NodeJS.ReadableStream;
    output: NodeJS.WritableStream;
    history: History;
}

/**
 * The REPL on a terminal. Ctrl-C clears the line; Ctrl-C on an empty line twice, Ctrl-D or `quit` leaves.
 *
 * @throws UserError TARGET_GONE when the program ends first
 */
export async function runTerminalConsole(pool: MemoryPool, terminal: Terminal, sink: ConsoleSink): Promise<void> {
    const { input, output, history } = terminal;
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
    leaveOnSecondInterrupt(prompt, output);
    const end = watchEnd(pool, () => {
        output.write("\n");
        prompt.close();
    });
    const next = await converse(pool, prompt, sink).finally(() => prompt.close());
    await history.save();
    if (end.error !== null && next !== "gone") {
        throw end.error;
    }
}

async function converse(pool: MemoryPool, prompt: Interface, sink: ConsoleSink): Promise<NextStep> {
    const closed = new Promise<NextStep>((resolve) => prompt.once("close", () => resolve("leave")));
    prompt.prompt();
    for await (const line of prompt) {
        // Who wants to leave does not wait for a program that does not answer.
        const next = await Promise.race([interpret(pool, line, sink), closed]);
        if (next !== "go on") {
            return next;
        }
        prompt.prompt();
    }
    return "leave";
}

function leaveOnSecondInterrupt(prompt: Interface, output: NodeJS.WritableStream): void {
    let warned = false;
    prompt.on("line", () => (warned = false));
    prompt.on("SIGINT", () => {
        if (prompt.line !== "") {
            warned = false;
            output.write("^C\n");
            clearLine(prompt);
        } else if (warned) {
            output.write("\n");
            prompt.close();
        } else {
            warned = true;
            output.write("\n(Ctrl-C again, Ctrl-D or quit leaves; the program goes on with its pool)\n");
            prompt.prompt();
        }
    });
}

/** Presses End and Ctrl-U, which readline understands on every platform. */
function clearLine(prompt: Interface): void {
    prompt.write(null, { ctrl: true, name: "e" });
    prompt.write(null, { ctrl: true, name: "u" });
}
