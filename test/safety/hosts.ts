import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { Strategy } from "../../shared/protocol/install.js";
import { commandLine } from "../fixtures/support/poolnv.js";
import { preparedPython } from "../fixtures/support/python.js";
import { inTerminal } from "../fixtures/support/terminal-session.js";
import { poolUnderLoad } from "./strategy-of-round.js";

/** How long a host may live, in milliseconds. */
const endingMs = 90_000;

/** `poolnv attach` in a process of its own. */
export class Host {
    readonly #child: ChildProcess;
    readonly #end: Promise<string>;
    #output = "";
    /** Pieces of its output: when they came, in milliseconds, and where they end. */
    readonly #pieces: { at: number; end: number }[] = [];

    protected constructor(child: ChildProcess) {
        this.#child = child;
        child.stdin!.on("error", () => {});
        for (const stream of [child.stdout!, child.stderr!]) {
            stream.setEncoding("utf8").on("data", (text: string) => {
                this.#output += text;
                this.#pieces.push({ at: performance.now(), end: this.#output.length });
            });
        }
        this.#end = endOf(child);
    }

    /** Pid of the command, or of the program that holds its terminal. */
    get pid(): number {
        return this.#child.pid!;
    }

    /** Its output so far. */
    get output(): string {
        return this.#output;
    }

    /** When it printed something, in milliseconds of this process; null: not yet. */
    printedAt(pattern: RegExp): number | null {
        const match = pattern.exec(this.#output);
        if (match === null) return null;
        return this.#pieces.find(({ end }) => end > match.index)!.at;
    }

    /** Waits until it has printed something, or has ended. */
    async untilPrinted(pattern: RegExp): Promise<void> {
        const ended = this.#end.then(() => true);
        while (!pattern.test(this.#output) && (await Promise.race([ended, pause(2, false)])) === false);
    }

    /** Waits until it has ended. @returns an exit code, or the name or negative number of a signal */
    ended(): Promise<string> {
        return this.#end;
    }

    signal(name: NodeJS.Signals): void {
        this.#child.kill(name);
    }

    protected write(text: string): void {
        this.#child.stdin!.write(text);
    }

    protected endInput(): void {
        this.#child.stdin!.end();
    }
}

/** One whose standard input is a pipe, open until `leave`: its console waits for commands. */
export class PipedHost extends Host {
    constructor(processName: string, strategy: Strategy) {
        super(spawn(process.execPath, [commandLine, ...attaching(processName, strategy)]));
    }

    /** Ends its input; then its console ends. */
    leave(): void {
        this.endInput();
    }
}

/** One in a terminal. */
export class TerminalHost extends Host {
    constructor(processName: string, strategy: Strategy) {
        const command = [process.execPath, commandLine, ...attaching(processName, strategy)];
        super(spawn(preparedPython(), inTerminal(command)));
    }

    /** Presses Ctrl-C. */
    interrupt(): void {
        this.write("interrupt\n");
    }

    closeTerminal(): void {
        this.write("close\n");
    }

    override async ended(): Promise<string> {
        const end = await super.ended();
        return /^-?\d+$/m.exec(this.output)?.[0] ?? end;
    }
}

function attaching(processName: string, strategy: Strategy): string[] {
    const { poolSizeMb } = poolUnderLoad(strategy);
    return ["attach", processName, "--strategy", strategy, "--pool-size", String(poolSizeMb)];
}

function endOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve) => {
        const late = setTimeout(() => {
            child.kill("SIGKILL");
            resolve(`no end within ${endingMs / 1000} s`);
        }, endingMs);
        child.once("exit", (code, signal) => {
            clearTimeout(late);
            child.stdin?.destroy();
            resolve(signal ?? String(code));
        });
    });
}
