import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readEnvironments } from "../prepare/environments.js";
import { commandLine, type Run } from "./poolnv.js";
import { parentOf } from "./running.js";
import { waitUntil } from "./wait-until.js";

/**
 * A run of the command line that leaves a program behind. The program has our output streams, so they are files: a pipe
 * would be open as long as the program lives.
 */
export class DetachedLaunch {
    /** Resolves when the command line has ended; the program lives on. */
    readonly run: Promise<Run>;
    #reaper: ChildProcess;
    #folder = mkdtempSync(join(tmpdir(), "poolnv-launch-"));
    #exitCodes = new Map<number, number>();
    #waiting = new Map<number, (code: number) => void>();

    constructor(args: string[], env: Record<string, string> = {}) {
        const files = ["stdout", "stderr"].map((name) => join(this.#folder, name));
        this.#reaper = spawn(python(), [reaper, ...files, process.execPath, commandLine, ...args], {
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "inherit"],
        });
        this.run = new Promise((resolve) => {
            createInterface({ input: this.#reaper.stdout! }).on("line", (line) => {
                const said = JSON.parse(line) as { ended: number } | { pid: number; code: number };
                if ("ended" in said) resolve({ code: said.ended, stdout: this.stdout, stderr: this.stderr });
                else this.#note(said.pid, said.code);
            });
        });
    }

    /** What command line and program have written by now. */
    get stdout(): string {
        return readFileSync(join(this.#folder, "stdout"), "utf8");
    }

    get stderr(): string {
        return readFileSync(join(this.#folder, "stderr"), "utf8");
    }

    /**
     * Resolves when the carrier has left and the program is ours to wait for. One that ends before is seen by its
     * parent alone.
     */
    async untilAdopted(linuxPid: number): Promise<void> {
        await waitUntil("the carrier leaves", () => parentOf(linuxPid) === this.#reaper.pid);
    }

    /** Resolves to the exit code of a program that was left behind; negative: the signal that ended it. */
    exitOf(linuxPid: number): Promise<number> {
        const code = this.#exitCodes.get(linuxPid);
        return code === undefined
            ? new Promise((resolve) => this.#waiting.set(linuxPid, resolve))
            : Promise.resolve(code);
    }

    /** To be called when the program has ended. */
    close(): void {
        this.#reaper.kill("SIGKILL");
        rmSync(this.#folder, { recursive: true, force: true });
    }

    #note(pid: number, code: number): void {
        this.#exitCodes.set(pid, code);
        this.#waiting.get(pid)?.(code);
    }
}

const reaper = fileURLToPath(new URL("../../../test/support/reaper.py", import.meta.url));

function python(): string {
    const { python } = readEnvironments();
    if (!python.ready) throw new Error(python.reason);
    return python.python;
}
