import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { AgentRefusal, EngineError, type EngineSystem, EngineTimeout, WorkerDied } from "../engine.js";
import type { WorkerCommand } from "./worker-command.js";
import { parseWorkerLine, readLines } from "./worker-lines.js";
import type { WorkerEvent, WorkerHello, WorkerReply, WorkerStep } from "./worker-protocol.js";

/** Longest time until a worker sends its hello, in milliseconds: a first start of Wine in a fresh prefix takes most. */
const helloLimitMs = 90_000;
/** Longest line of a worker, in characters: no answer of an agent and no list of processes is longer. */
const lineLimit = 32 * 1024 * 1024;

/** A running worker: sends requests, delivers replies and events, and detects at once that the process has ended. */
export class WorkerProcess {
    readonly hello: Promise<WorkerHello>;
    readonly ended: Promise<void>;
    #child: ChildProcess;
    #toWorker: Writable;
    #waiting = new Map<number, { resolve: (reply: WorkerReply) => void; reject: (error: Error) => void }>();
    /** Requests that timed out. The worker is still at the first of them and takes no other. */
    #overdue = new Set<number>();
    #listeners = new Set<(event: WorkerEvent) => void>();
    #nextId = 1;
    #alive = true;
    #system: EngineSystem = "other";
    #errorOutput = "";

    static start(command: WorkerCommand): WorkerProcess {
        const [output, error] = {
            stdout: [1, "inherit"] as const,
            stderr: [2, "inherit"] as const,
            none: ["ignore", "pipe"] as const,
        }[command.programOutput];
        const child = spawn(command.file, command.args, {
            env: command.env,
            /** A session of its own: Ctrl-C and hang-up in our terminal must not reach a worker that is injecting. */
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
            this.#errorOutput = (this.#errorOutput + text).slice(-2000);
        });
        this.ended = new Promise((resolve) => {
            child.once("error", (error) => this.#onEnd(error.message, resolve));
            child.once("exit", () => this.#onEnd(this.#errorOutput.trim(), resolve));
        });
        this.hello = new Promise((resolve) => {
            const timeout = setTimeout(() => {
                child.kill("SIGKILL");
                resolve({ hello: null, reason: `it sent nothing within ${helloLimitMs / 1000} s` });
            }, helloLimitMs);
            const onHello = (hello: WorkerHello): void => {
                clearTimeout(timeout);
                resolve(hello);
            };
            const onTooLong = (): void => this.#abandon("it sent a line that is too long");
            readLines(fromWorker, lineLimit, (line) => this.#receive(line, onHello), onTooLong);
            void this.ended.then(() =>
                onHello({ hello: null, reason: this.#errorOutput.trim() || "it ended at once" }),
            );
        });
    }

    /**
     * Carries out the steps as one request; resolves to one value a step.
     *
     * @param limitMs longest time for it, after which it rejects with EngineTimeout, in milliseconds. The worker goes on
     *   with it, so that later requests reject at once until its answer comes.
     * @param undo steps that the worker carries out if one of `steps` fails
     */
    async request(steps: WorkerStep[], limitMs: number, undo: WorkerStep[] = []): Promise<unknown[]> {
        if (!this.#alive) throw new WorkerDied(`the engine's process has ended: ${this.#errorOutput.trim()}`);
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
        if (refusal !== undefined) {
            throw new AgentRefusal(refusal.code, refusal.message, refusal.stack, refusal.mismatches);
        }
        throw new EngineError(name, message, this.#system);
    }

    /** @returns a function that stops listening */
    listen(listener: (event: WorkerEvent) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    /**
     * Closes the channel; then the worker finishes its request and exits by itself. This process does not wait for that:
     * the worker stays until frida-core has cleaned up in the program (`python/poolnv_worker/worker.py`).
     */
    close(): void {
        this.#child.unref();
        for (const stream of this.#child.stdio) if (stream !== this.#toWorker) stream?.destroy();
        this.#toWorker.end(() => this.#toWorker.destroy());
    }

    #receive(line: string, onHello: (hello: WorkerHello) => void): void {
        const document = parseWorkerLine(line);
        if (document === null) return;
        if ("hello" in document) {
            if (document.hello !== null) this.#system = systemOf(document.hello.platform);
            onHello(document);
        } else if ("event" in document) {
            for (const listener of [...this.#listeners]) listener(document);
        } else {
            this.#overdue.delete(document.id);
            this.#waiting.get(document.id)?.resolve(document);
            this.#waiting.delete(document.id);
        }
    }

    /** Counts it as ended: it finishes its request and exits by itself. */
    #abandon(reason: string): void {
        this.close();
        this.#onEnd(reason, () => {});
    }

    #onEnd(reason: string, resolve: () => void): void {
        this.#alive = false;
        this.#errorOutput = reason;
        for (const { reject } of this.#waiting.values()) {
            reject(new WorkerDied(`the engine's process ended: ${reason || "no reason given"}`));
        }
        this.#waiting.clear();
        for (const stream of this.#child.stdio) stream?.destroy();
        resolve();
    }
}

/** @param platform as Node and Python name it */
function systemOf(platform: string): EngineSystem {
    return platform === "win32" ? "windows" : platform.startsWith("linux") ? "linux" : "other";
}
