import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { commandLine } from "./poolnv.js";
import { preparedPython } from "./python.js";
import { waitUntil } from "./wait-until.js";

/** A command line in a terminal of its own, with us at the keys. */
export class TerminalSession {
    /** Everything it has shown, with what steers the terminal. */
    shown = "";
    /** Resolves to its exit code, negative for a signal. */
    readonly ended: Promise<number>;
    readonly #holder: ChildProcessWithoutNullStreams;

    constructor(args: string[], env: Record<string, string> = {}) {
        const command = [process.execPath, commandLine, ...args];
        this.#holder = spawn(preparedPython(), [terminalHolder, ...command], {
            env: { ...process.env, TERM: "xterm", ...env },
        });
        let code = "";
        this.#holder.stdout.setEncoding("utf8").on("data", (text: string) => (code += text));
        this.#holder.stderr.setEncoding("utf8").on("data", (text: string) => (this.shown += text));
        this.#holder.stdin.on("error", () => {});
        this.ended = once(this.#holder, "close").then(() => Number(code));
    }

    /** The same without what steers the terminal. */
    get text(): string {
        return stripVTControlCharacters(this.shown);
    }

    /** Waits until it has shown something, from a place in the text on. */
    async shows(words: RegExp, from = 0): Promise<void> {
        await waitUntil(String(words), () => words.test(this.text.slice(from))).catch((error: unknown) => {
            throw new Error(`${String(error)}; it showed: ${this.text}`, { cause: error });
        });
    }

    /** Presses the keys of a text and Enter. */
    type(text: string): void {
        this.#holder.stdin.write(`type ${text}\n`);
    }

    /** Presses the keys of a text alone. */
    press(text: string): void {
        this.#holder.stdin.write(`press ${text}\n`);
    }

    interrupt(): void {
        this.#holder.stdin.write("interrupt\n");
    }

    resize(columns: number): void {
        this.#holder.stdin.write(`width ${columns}\n`);
    }

    close(): void {
        this.#holder.stdin.write("close\n");
        this.#holder.stdin.end();
    }
}

const terminalHolder = fileURLToPath(new URL("../../../test/support/terminal.py", import.meta.url));
