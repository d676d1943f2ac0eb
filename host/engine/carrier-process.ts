import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { CarrierEvent, CarrierHello, CarrierLine, CarrierReply, CarrierStep } from "./carrier-protocol.js";
import { AgentRefusal, CarrierDied, EngineError, EngineTimeout } from "./engine-errors.js";

/** How to start a carrier. */
export interface CarrierCommand {
    file: string;
    args: string[];
    env: NodeJS.ProcessEnv;
    /**
     * `own`: the protocol has two descriptors of its own (3 and 4) and the carrier's standard output and error are ours,
     * so that a program it spawns writes to our terminal and goes on doing so when we have left. `standard`: the protocol is on standard input and output, because
     * Windows programs under Wine inherit nothing else.
     */
    channel: "own" | "standard";
    /**
     * Where a spawned program's standard output goes. `none` for a carrier that spawns nothing: it outlives us, and
     * whoever reads our output must not wait for its end.
     */
    programOutput: "stdout" | "stderr" | "none";
}

/** Longest time for one request: an attach takes a second or two, on a loaded machine ten. */
const requestLimitMs = 60_000;

/** A running carrier: sends requests, delivers replies and events, and notices at once when the process has gone. */
export class CarrierProcess {
    readonly hello: Promise<CarrierHello>;
    readonly gone: Promise<void>;
    #child: ChildProcess;
    #toCarrier: Writable;
    #waiting = new Map<number, { resolve: (reply: CarrierReply) => void; reject: (error: Error) => void }>();
    #listeners = new Set<(event: CarrierEvent) => void>();
    #nextId = 1;
    #alive = true;
    #lastWords = "";

    static start(command: CarrierCommand): CarrierProcess {
        const [output, error] = {
            stdout: [1, "inherit"] as const,
            stderr: [2, "inherit"] as const,
            none: ["ignore", "pipe"] as const,
        }[command.programOutput];
        const child = spawn(command.file, command.args, {
            env: command.env,
            /** A session of its own: Ctrl-C and hang-up in our terminal must not reach a carrier at work in a target. */
            detached: true,
            stdio: command.channel === "own" ? ["ignore", output, error, "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
        });
        return new CarrierProcess(child, command.channel === "own" ? 3 : 0, command.channel === "own" ? 4 : 1);
    }

    private constructor(child: ChildProcess, input: number, output: number) {
        this.#child = child;
        this.#toCarrier = child.stdio[input] as Writable;
        const fromCarrier = child.stdio[output] as Readable;
        this.#toCarrier.on("error", () => {}); // a broken pipe shows as the exit below
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            this.#lastWords = (this.#lastWords + text).slice(-2000);
        });
        this.gone = new Promise((resolve) => {
            child.once("error", (error) => this.#bury(error.message, resolve));
            child.once("exit", () => this.#bury(this.#lastWords.trim(), resolve));
        });
        this.hello = new Promise((resolve) => {
            createInterface({ input: fromCarrier }).on("line", (line) => this.#receive(line, resolve));
            void this.gone.then(() => resolve({ hello: null, reason: this.#lastWords.trim() || "it ended at once" }));
        });
    }

    /** Carries out the steps in one go; resolves to one value a step. Rejects with EngineTimeout after a minute. */
    async request(steps: CarrierStep[], undo: CarrierStep[] = []): Promise<unknown[]> {
        const id = this.#nextId++;
        const reply = await withTimeout<CarrierReply>((resolve, reject) => {
            if (!this.#alive) {
                reject(new CarrierDied(`the engine's process has ended: ${this.#lastWords.trim()}`));
                return;
            }
            this.#waiting.set(id, { resolve, reject });
            this.#toCarrier.write(JSON.stringify({ id, steps, undo }) + "\n");
        });
        if (reply.error === undefined) return reply.results;
        const { name, message, refusal } = reply.error;
        if (refusal !== undefined) throw new AgentRefusal(refusal.code, refusal.message, refusal.stack);
        throw new EngineError(name, message);
    }

    /** @returns a function that stops listening */
    listen(listener: (event: CarrierEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /**
     * Closes the channel, upon which the carrier finishes what it is doing and leaves by itself. Nobody waits for that:
     * it lingers until the program is surely left alone (`carriers/carrier.py`).
     */
    close(): void {
        this.#child.unref();
        for (const stream of this.#child.stdio) if (stream !== this.#toCarrier) stream?.destroy();
        this.#toCarrier.end(() => this.#toCarrier.destroy());
    }

    #receive(line: string, greet: (hello: CarrierHello) => void): void {
        let document: CarrierLine;
        try {
            document = JSON.parse(line) as CarrierLine;
        } catch {
            return; // not ours: a runtime's own warning on standard output
        }
        if ("hello" in document) greet(document);
        else if ("event" in document) for (const listener of [...this.#listeners]) listener(document);
        else {
            this.#waiting.get(document.id)?.resolve(document);
            this.#waiting.delete(document.id);
        }
    }

    #bury(lastWords: string, resolve: () => void): void {
        this.#alive = false;
        this.#lastWords = lastWords;
        for (const { reject } of this.#waiting.values())
            reject(new CarrierDied(`the engine's process ended: ${lastWords || "no reason given"}`));
        this.#waiting.clear();
        for (const stream of this.#child.stdio) stream?.destroy();
        resolve();
    }
}

function withTimeout<T>(start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
        const seconds = requestLimitMs / 1000;
        const timer = setTimeout(
            () => reject(new EngineTimeout(`the program did not answer within ${seconds} s`)),
            requestLimitMs,
        );
        const settle =
            <V>(report: (value: V) => void) =>
            (value: V) => {
                clearTimeout(timer);
                report(value);
            };
        start(settle(resolve), settle(reject));
    });
}
