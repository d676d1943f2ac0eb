import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitUntil } from "../../fixtures/support/wait-until.js";
import type { PythonSuite } from "./python-suite.js";

const script = fileURLToPath(new URL("../../../../test/safety/real-programs/regression_tests.py", import.meta.url));

/** Longer than any of the suites takes on a busy machine, in milliseconds; one that needs more hangs. */
const patienceMs = 300_000;

/** A running Python regression test suite. */
export class SuiteRun {
    readonly #folder = mkdtempSync(join(tmpdir(), "poolnv-suite-"));
    readonly #child: ChildProcess;
    readonly #exited: Promise<void>;
    #output = "";
    #ending: string | null = null;

    constructor(suite: PythonSuite, modules: readonly string[]) {
        const [file, ...args] = [...suite.starter, suite.ownPath(script), suite.ownPath(this.#leave), ...modules];
        this.#child = spawn(file!, args, {
            cwd: this.#folder,
            env: { ...process.env, ...suite.env, PYTHONMALLOC: "malloc", PYTHONUNBUFFERED: "1" },
            stdio: ["ignore", "pipe", "pipe"],
            detached: true, // a group of its own: its tests start programs, too
        });
        for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
            stream.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
        }
        this.#exited = new Promise((resolve) =>
            this.#child.once("exit", (code, signal) => {
                this.#ending = signal ?? `exit code ${code}`;
                resolve();
            }),
        );
    }

    /** Linux pid. */
    get pid(): number {
        return this.#child.pid!;
    }

    /** How it ended, in words; null while it runs. */
    get ending(): string | null {
        return this.#ending;
    }

    /** Where the pool's log goes; else it would be beside the interpreter. */
    get logFile(): string {
        return join(this.#folder, "pool.log");
    }

    /** Number of tests that have ended. */
    get testsDone(): number {
        return [...this.#output.matchAll(/ \.\.\. .*$/gm)].length;
    }

    /** Names of the tests that failed. */
    get failed(): string[] {
        return [...this.#output.matchAll(/^(?:FAIL|ERROR): (.*?)\r?$/gm)].map(([, name]) => name!).sort();
    }

    /** The code with which it will exit, once all tests have ended; null before. */
    get code(): number | null {
        const said = /^regression tests ended with (\d+)/m.exec(this.#output);
        return said === null ? null : Number(said[1]);
    }

    /** The end of its output, for a message. */
    get tail(): string {
        return this.#output.slice(-2000);
    }

    async untilTestsDone(count: number): Promise<void> {
        await this.#until(`${count} tests are done`, () => this.testsDone >= count);
    }

    /** Until all tests have ended; the process stays. */
    async untilDone(): Promise<void> {
        await this.#until("all tests are done", () => this.code !== null);
    }

    /** Lets it go; resolves to how it ended. */
    async leave(): Promise<string> {
        writeFileSync(this.#leave, "");
        await this.#until("it ends", () => this.#ending !== null);
        return this.#ending!;
    }

    /** Ends what is left of it, and removes its files. */
    async remove(): Promise<void> {
        try {
            process.kill(-this.pid, "SIGKILL");
        } catch {
            // nothing is left
        }
        await this.#exited;
        this.#child.stdout!.destroy(); // Wine's services would keep it open
        this.#child.stderr!.destroy();
        rmSync(this.#folder, { recursive: true, force: true });
    }

    get #leave(): string {
        return join(this.#folder, "leave");
    }

    async #until(what: string, holds: () => boolean): Promise<void> {
        await waitUntil(what, () => holds() || this.#ending !== null, patienceMs);
    }
}
