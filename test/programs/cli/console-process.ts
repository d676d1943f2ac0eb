import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { commandLine } from "../../fixtures/support/poolnv.js";
import { waitUntil } from "../../fixtures/support/wait-until.js";

/** A command line that holds its console, with us at the other end of its streams. */
export class ConsoleProcess {
    readonly process: ChildProcessWithoutNullStreams;
    readonly ended: Promise<number | null>;
    stdout = "";
    stderr = "";

    constructor(args: string[], env: Record<string, string> = {}) {
        this.process = spawn(process.execPath, [commandLine, ...args], { env: { ...process.env, ...env } });
        this.process.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
        this.process.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
        this.process.stdin.on("error", () => {});
        this.ended = once(this.process, "exit").then(([code]) => code as number | null);
    }

    say(line: string): void {
        this.process.stdin.write(`${line}\n`);
    }

    /** Waits until it has said something on standard output. */
    async hears(words: RegExp): Promise<RegExpExecArray> {
        try {
            return await waitUntil(String(words), () => words.exec(this.stdout));
        } catch (error) {
            throw new Error(`${String(error)}; it said: ${this.stdout}${this.stderr}`, { cause: error });
        }
    }

    close(): void {
        this.process.kill("SIGKILL");
    }
}
