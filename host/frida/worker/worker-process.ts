import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { parseWorkerLine } from "./worker-lines.js";
import type { WorkerEvent, WorkerHello, WorkerReply, WorkerStep } from "./worker-protocol.js";
import { AgentRefusal, WorkerDied, EngineError, EngineTimeout } from "../engine-errors.js";
import { readLines } from "./lines.js";

/** How to start a worker. */
export interface WorkerCommand {
    file: string;
    args: string[];
    env: NodeJS.ProcessEnv;
    /**
     * `own`: the protocol has two descriptors of its own (3 and 4) and the worker's standard output and error are ours,
     * so that a program it spawns writes to our terminal and goes on doing so when we have left. `standard`: the protocol is on standard input and output, because
     * Windows programs under Wine inherit nothing else.
     */
    channel: "own" | "standard";
    /**
     * Where a spawned program's standard output goes. `none` for a worker that spawns nothing: it outlives us, and
     * whoever reads our output must not wait for its end.
     */
    programOutput: "stdout" | "stderr" | "none";
}

/** Longest time until a worker says hello, in milliseconds: a first start of Wine in a fresh prefix takes most of it. */
const helloLimitMs = 90_000;
/** Longest line of a worker, in characters: what is longer did not come from an agent or a list of processes. */
const lineLimit = 32 * 1024 * 1024;

/** A running worker: sends requests, delivers replies and events, and notices at once when the process has gone. */
export class WorkerProcess {
    readonly hello: Promise<WorkerHello>;
    readonly gone: Promise<void>;
    #child: ChildProcess;
    #toWorker: Writable;
    #waiting = new Map<number, { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void }>();
    /** Requests that were given up. The worker is still at the first of them and takes no other. */
    #overdue = new Set<number>();
    #listeners = new Set<(event: WorkerEvent) => void>();
    #nextId = 1;
    #alive = true;
    #lastWords = "";

    static start(command: WorkerCommand): WorkerProcess {
        const [output, error] = {
            stdout: [1, "inherit"] as const,
            stderr: [2, "inherit"] as const,
            none: ["ignore", "pipe"] as const,
        }[command.programOutput];
        const child = spawn(command.file, command.args, {
            env: command.env,
            /** A session of its own: Ctrl-C and hang-up in our terminal must not reach a worker at work in a target. */
            detached: true,
            stdio: command.channel === "own" ? ["ignore", output, error, "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
        });
        return new WorkerProcess(child, command.channel === "own" ? 3 : 0, command.channel === "own" ? 4 : 1);
    }

    private constructor(child: ChildProcess, input: number, output: number) {
        this.#child = child;
        this.#toWorker = child.stdio[input] as Writable;
        const fromWorker = child.stdio[output] as Readable;
        this.#toWorker.on("error", () => {}); // a broken pipe shows as the exit below
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            this.#lastWords = (this.#lastWords + text).slice(-2000);
        });
        this.gone = new Promise((resolve) => {
            child.once("error", (error) => this.#bury(error.message, resolve));
            child.once("exit", () => this.#bury(this.#lastWords.trim(), resolve));
        });
        this.hello = new Promise((resolve) => {
            const giveUp = (reason: string): void => {
                child.kill("SIGKILL");
                resolve({ hello: null, reason });
            };
            const late = setTimeout(() => giveUp(`it said nothing within ${helloLimitMs / 1000} s`), helloLimitMs);
            const greet = (hello: WorkerHello): void => {
                clearTimeout(late);
                resolve(hello);
            };
            const onTooLong = (): void => this.#fail("it sent a line without end");
            readLines(fromWorker, lineLimit, (line) => this.#receive(line, greet), onTooLong);
            void this.gone.then(() => greet({ hello: null, reason: this.#lastWords.trim() || "it ended at once" }));
        });
    }

    /**
     * Carries out the steps in one go; resolves to one value a step.
     *
     * @param limitMs longest time for it, after which it rejects with EngineTimeout, in milliseconds. The worker stays
     *   at it all the same, so that later requests reject at once until an answer comes.
     */
    async request(steps: WorkerStep[], limitMs: number, undo: WorkerStep[] = []): Promise<unknown[]> {
        if (!this.#alive) throw new WorkerDied(`the engine's process has ended: ${this.#lastWords.trim()}`);
        if (this.#overdue.size > 0) throw new EngineTimeout("the program still does not answer");
        const id = this.#nextId++;
        const reply = await new Promise<WorkerReply>((resolve, reject) => {
            const timer = setTimeout(() => {
                this.#waiting.delete(id);
                this.#overdue.add(id);
                reject(new EngineTimeout(`the program did not answer within ${limitMs / 1000} s`));
            }, limitMs);
            this.#waiting.set(id, {
                resolve: (reply) => {
                    clearTimeout(timer);
                    resolve(reply);
                },
                reject: (error) => {
                    clearTimeout(timer);
                    reject(error);
                },
            });
            this.#toWorker.write(JSON.stringify({ id, steps, undo }) + "\n");
        });
        if (reply.error === undefined) return reply.results;
        const { name, message, refusal } = reply.error;
        if (refusal !== undefined)
            throw new AgentRefusal(refusal.code, refusal.message, refusal.stack, refusal.mismatches);
        throw new EngineError(name, message);
    }

    /** @returns a function that stops listening */
    listen(listener: (event: WorkerEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /**
     * Closes the channel, upon which the worker finishes what it is doing and leaves by itself. Nobody waits for that:
     * it lingers until the program is surely left alone (`workers/wheel/worker.py`).
     */
    close(): void {
        this.#child.unref();
        for (const stream of this.#child.stdio) if (stream !== this.#toWorker) stream?.destroy();
        this.#toWorker.end(() => this.#toWorker.destroy());
    }

    #receive(line: string, greet: (hello: WorkerHello) => void): void {
        const document = parseWorkerLine(line);
        if (document === null) return;
        if ("hello" in document) greet(document);
        else if ("event" in document) for (const listener of [...this.#listeners]) listener(document);
        else {
            this.#overdue.delete(document.id);
            this.#waiting.get(document.id)?.resolve(document);
            this.#waiting.delete(document.id);
        }
    }

    /** Nothing more is heard of it: it finishes what it is doing and leaves by itself. */
    #fail(reason: string): void {
        this.close();
        this.#bury(reason, () => {});
    }

    #bury(lastWords: string, resolve: () => void): void {
        this.#alive = false;
        this.#lastWords = lastWords;
        for (const { reject } of this.#waiting.values())
            reject(new WorkerDied(`the engine's process ended: ${lastWords || "no reason given"}`));
        this.#waiting.clear();
        for (const stream of this.#child.stdio) stream?.destroy();
        resolve();
    }
}
