import { z } from "zod";
import {
    type DetachReason,
    type Engine,
    type EngineKind,
    type EngineProcess,
    type EngineSession,
    type EngineSpawnOptions,
    type ScriptCall,
    type ScriptSource,
    usualAnswerLimitMs,
} from "../engine.js";
import type { WorkerCommand } from "./worker-command.js";
import { WorkerProcess } from "./worker-process.js";
import type { WorkerStep } from "./worker-protocol.js";

/** A worker can't serve; the message is its own. */
export class WorkerRefused extends Error {
    override readonly name = "WorkerRefused";
}

/**
 * Starts a worker and wraps it as an engine.
 *
 * @throws WorkerRefused if frida-core can't be loaded in it
 */
export async function startWorkerEngine(
    kind: EngineKind,
    command: WorkerCommand,
    answerLimitMs = usualAnswerLimitMs,
): Promise<Engine> {
    const worker = WorkerProcess.start(command);
    const answer = await worker.hello;
    if (answer.hello === null) {
        worker.close();
        throw new WorkerRefused(answer.reason);
    }
    return new WorkerEngine(kind, answer.hello.version, worker, answerLimitMs);
}

/**
 * Longest time for a request to frida-core, or for several calls, in milliseconds: an attach takes a second or two, on a
 * loaded machine ten.
 */
const engineLimitMs = 60_000;
/** The same for a detach. The worker completes it in any case. */
const detachLimitMs = 5_000;

const processList = z.array(z.object({ pid: z.number().int(), name: z.string() }));

class WorkerEngine implements Engine {
    #lastName = 0;
    /** By pid, of programs that have ended. */
    readonly #exitCodes = new Map<number, number>();

    constructor(
        readonly kind: EngineKind,
        readonly version: string,
        readonly worker: WorkerProcess,
        readonly answerLimitMs: number,
    ) {
        worker.listen((event) => {
            if (event.event === "exited") this.#exitCodes.set(event.pid, event.code);
        });
    }

    async enumerateProcesses(): Promise<EngineProcess[]> {
        return processList.parse(await this.#run({ op: "enumerateProcesses" }));
    }

    async spawn(program: string, { argv, cwd, env }: EngineSpawnOptions): Promise<number> {
        return z
            .number()
            .int()
            .parse(await this.#run({ op: "spawn", program, argv, cwd: cwd ?? null, env: env ?? null }));
    }

    async resume(pid: number): Promise<void> {
        await this.#run({ op: "resume", pid });
    }

    exitCode(pid: number): Promise<number | null> {
        return new Promise((resolve) => {
            const check = () => {
                const code = this.#exitCodes.get(pid);
                if (code !== undefined) resolve(code);
            };
            check();
            this.worker.listen(check); // after the listener of the engine itself
            void this.worker.ended.then(() => resolve(null));
        });
    }

    async kill(pid: number): Promise<void> {
        await this.#run({ op: "kill", pid });
    }

    async attach(pid: number, { name, source }: ScriptSource): Promise<EngineSession> {
        const session = `session${++this.#lastName}`;
        const script = `script${++this.#lastName}`;
        const attached = new WorkerSession(this.worker, session, script, this.answerLimitMs);
        await this.worker.request(
            [
                { op: "attach", session, pid },
                { op: "createScript", session, script, name, source },
                { op: "load", script },
            ],
            engineLimitMs,
            [{ op: "detach", session }],
        );
        return attached;
    }

    close(): void {
        this.worker.close();
    }

    async #run(step: WorkerStep): Promise<unknown> {
        return (await this.worker.request([step], engineLimitMs))[0];
    }
}

class WorkerSession implements EngineSession {
    readonly detached: EngineSession["detached"];

    constructor(
        readonly worker: WorkerProcess,
        readonly session: string,
        readonly script: string,
        readonly answerLimitMs: number,
    ) {
        this.detached = new Promise((resolve) => {
            const stop = worker.listen((event) => {
                if (event.event !== "detached" || event.session !== session) return;
                stop();
                resolve({ reason: event.reason as DetachReason, crash: event.crash });
            });
            void worker.ended.then(() => resolve({ reason: "worker-died", crash: null }));
        });
    }

    async request(name: string, payload: unknown): Promise<unknown> {
        const call = this.#call({ method: name, payload });
        return (await this.worker.request([call], this.answerLimitMs))[0];
    }

    requestAll(calls: readonly ScriptCall[]): Promise<unknown[]> {
        return this.worker.request(
            calls.map((call) => this.#call(call)),
            engineLimitMs,
        );
    }

    onMessage(listener: (text: string) => void): void {
        this.worker.listen((event) => {
            if (event.event === "message" && event.script === this.script) listener(event.text);
        });
    }

    async detach(): Promise<void> {
        const steps: WorkerStep[] = [
            { op: "unload", script: this.script },
            { op: "detach", session: this.session },
        ];
        await this.worker.request(steps, Math.min(detachLimitMs, this.answerLimitMs));
    }

    #call({ method, payload }: ScriptCall): WorkerStep {
        return { op: "call", script: this.script, method, payload };
    }
}
