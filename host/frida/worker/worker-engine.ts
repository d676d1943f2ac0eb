import { z } from "zod";
import type { WorkerStep } from "./worker-protocol.js";
import { WorkerProcess, type WorkerCommand } from "./worker-process.js";
import type {
    DetachReason,
    Engine,
    EngineProcess,
    EngineSession,
    EngineSpawnOptions,
    ScriptCall,
    ScriptSource,
} from "../engine.js";
import type { EngineKind } from "../engine-choice.js";

/** Why a worker could not serve: its own words. */
export class WorkerRefused extends Error {
    override readonly name = "WorkerRefused";
}

/**
 * Starts a worker and wraps it as an engine.
 *
 * @throws WorkerRefused when frida-core can't be loaded in it
 */
export async function startWorkerEngine(
    kind: EngineKind,
    command: WorkerCommand,
    answerLimitMs = usualAnswerLimitMs,
): Promise<Engine> {
    const worker = WorkerProcess.start(command);
    const greeting = await worker.hello;
    if (greeting.hello === null) {
        worker.close();
        throw new WorkerRefused(greeting.reason);
    }
    return new WorkerEngine(kind, greeting.hello.version, worker, answerLimitMs);
}

/** Longest time for what the engine does to a program, in milliseconds: an attach takes a second or two, on a loaded machine ten. */
const engineLimitMs = 60_000;
/** The same for one answer of an agent, by whatever way it comes; it takes milliseconds. */
export const usualAnswerLimitMs = 20_000;
/** How long we wait for a farewell. The worker takes leave in any case. */
const farewellLimitMs = 5_000;

const processList = z.array(z.object({ pid: z.number().int(), name: z.string() }));

class WorkerEngine implements Engine {
    #names = 0;
    /** Of programs that have ended. */
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
        return processList.parse(await this.#one({ op: "enumerateProcesses" }));
    }

    async spawn(program: string, { argv, cwd, env }: EngineSpawnOptions): Promise<number> {
        return z
            .number()
            .int()
            .parse(await this.#one({ op: "spawn", program, argv, cwd: cwd ?? null, env: env ?? null }));
    }

    async resume(pid: number): Promise<void> {
        await this.#one({ op: "resume", pid });
    }

    exitCode(pid: number): Promise<number | null> {
        return new Promise((resolve) => {
            const tell = () => {
                const code = this.#exitCodes.get(pid);
                if (code !== undefined) resolve(code);
            };
            tell();
            this.worker.listen(tell); // after the listener of the engine itself
            void this.worker.gone.then(() => resolve(null));
        });
    }

    async kill(pid: number): Promise<void> {
        await this.#one({ op: "kill", pid });
    }

    async attach(pid: number, { name, source }: ScriptSource): Promise<EngineSession> {
        const session = `session${++this.#names}`;
        const script = `script${++this.#names}`;
        const attached = new WorkerSession(
            this.worker,
            session,
            script,
            () => `script${++this.#names}`,
            this.answerLimitMs,
        );
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

    async #one(step: WorkerStep): Promise<unknown> {
        return (await this.worker.request([step], engineLimitMs))[0];
    }
}

class WorkerSession implements EngineSession {
    readonly detached: EngineSession["detached"];

    constructor(
        readonly worker: WorkerProcess,
        readonly session: string,
        readonly script: string,
        readonly newName: () => string,
        readonly answerLimitMs: number,
    ) {
        this.detached = new Promise((resolve) => {
            const stop = worker.listen((event) => {
                if (event.event !== "detached" || event.session !== session) return;
                stop();
                resolve({ reason: event.reason as DetachReason, crash: event.crash });
            });
            void worker.gone.then(() => resolve({ reason: "worker-died", crash: null }));
        });
    }

    async request(name: string, payload: unknown): Promise<unknown> {
        const call = this.#call(this.script, { method: name, payload });
        return (await this.worker.request([call], this.answerLimitMs))[0];
    }

    async plant(planted: ScriptSource, first: ScriptCall, afterwards: ScriptCall): Promise<[unknown, unknown]> {
        const script = this.newName();
        const results = await this.worker.request(
            [
                { op: "createScript", session: this.session, script, name: planted.name, source: planted.source },
                { op: "load", script },
                this.#call(script, first),
                { op: "eternalize", script },
                this.#call(this.script, afterwards),
            ],
            engineLimitMs,
            [{ op: "unload", script }],
        );
        return [results[2], results[4]];
    }

    onMessage(listener: (text: string) => void): void {
        this.worker.listen((event) => {
            if (event.event === "message" && event.script === this.script) listener(event.text);
        });
    }

    async detach(): Promise<void> {
        const farewell: WorkerStep[] = [
            { op: "unload", script: this.script },
            { op: "detach", session: this.session },
        ];
        await this.worker.request(farewell, Math.min(farewellLimitMs, this.answerLimitMs));
    }

    #call(script: string, { method, payload }: ScriptCall): WorkerStep {
        return { op: "call", script, method, payload };
    }
}
