/**
 * Carries frida-core for poolnv from the npm binding: the same protocol and manners as `wheel`, which see.
 *
 * Usage: node binding-worker.js INPUT_DESCRIPTOR OUTPUT_DESCRIPTOR
 */
import { createReadStream, readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Crash, Device, Message, Script, Session, SessionDetachReason, Stdio } from "frida";
import type { WorkerError, WorkerLine, WorkerReply, WorkerRequest, WorkerStep } from "./worker-protocol.js";
import { AgentRefusal } from "../engine-errors.js";
import { UnpackingFolder } from "./unpacking-folder.js";

/** How long a program must have been left alone before we go, and when we go all the same. */
const lingerMs = 2_000;
const lingerLimitMs = 30_000;
/** How long an agent must have been in a program before it is told to leave. */
const settlingMs = 500;
/** How long we wait for an answer that nobody else waits for any more, and what is never broken off. */
const stuckMs = 20_000;
const unbreakable: readonly (WorkerStep["op"] | null)[] = [
    null,
    "attach",
    "spawn",
    "resume",
    "createScript",
    "load",
    "eternalize",
];
/** Longest line to the parent, and what is heard of a script's messages. */
const lineLimit = 16 * 1024 * 1024;
const messageLimit = 100;
const messageLengthLimit = 2000;

async function main(): Promise<void> {
    ignoreTerminal();
    const [input, output] = process.argv.slice(2).map(Number) as [number, number];
    const send = (line: WorkerLine): void => write(output, line);
    const unpacking = new UnpackingFolder();
    const frida = await import("frida").catch((error: unknown) => {
        send({ hello: null, reason: error instanceof Error ? error.message : String(error) });
        return null;
    });
    if (frida === null) return unpacking.remove();
    const worker = new Worker(await frida.getLocalDevice(), send, unpacking.environmentBefore);
    send({ hello: { version: packageVersion(), platform: process.platform } });
    const requests = createReadStream("", { fd: input });
    requests.once("end", () => setInterval(() => worker.leaveWhenStuck(), 1000).unref());
    for await (const line of createInterface({ input: requests }))
        send(await worker.answer(JSON.parse(line) as WorkerRequest));
    await worker.leave();
    unpacking.remove();
    process.exit(0);
}

/** The binding and the frida-core inside it bear the same version. */
function packageVersion(): string {
    const manifest = new URL("../../package.json", import.meta.resolve("frida"));
    return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function ignoreTerminal(): void {
    for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGPIPE"] as const) process.on(signal, () => {});
}

function write(descriptor: number, line: WorkerLine): void {
    try {
        const text = JSON.stringify(line);
        if (text.length <= lineLimit) writeSync(descriptor, text + "\n");
        else if ("id" in line) {
            const message = `answered with ${text.length} characters`;
            write(descriptor, { id: line.id, results: [], error: { name: "NonsenseAnswer", message } });
        }
    } catch {
        // the parent has gone; what it began is finished all the same
    }
}

class Worker {
    #sessions = new Map<string, Session>();
    #attachedAt = new Map<string, number>();
    #scripts = new Map<string, Script>();
    #suspended = new Set<number>();
    #visited = new Set<number>();
    #messages = new Map<string, number>();
    /** What is being done, and for how long nobody has waited for it. */
    #atHand: WorkerStep["op"] | null = null;
    #aloneMs = 0;

    constructor(
        readonly device: Device,
        readonly send: (line: WorkerLine) => void,
        /** For programs that are spawned. */
        readonly environment: NodeJS.ProcessEnv,
    ) {}

    async answer({ id, steps, undo }: WorkerRequest): Promise<WorkerReply> {
        const results: unknown[] = [];
        try {
            for (const step of steps) results.push((await this.#perform(step)) ?? null);
            return { id, results };
        } catch (error) {
            for (const step of undo) await this.#perform(step).catch(() => {});
            return { id, results, error: describe(error) };
        }
    }

    /** Programs that never came to be resumed would stay suspended for ever: they go with us. */
    async leave(): Promise<void> {
        for (const pid of this.#suspended) await this.device.kill(pid).catch(() => {});
        for (const name of [...this.#sessions.keys()])
            await this.#perform({ op: "detach", session: name }).catch(() => {});
        await this.#linger();
    }

    /**
     * After a detach frida-core goes on tidying up in the program, with one of its threads in hand by ptrace, and does
     * not say when it is done. Whoever leaves meanwhile kills the program, 2 times in 100.
     */
    async #linger(): Promise<void> {
        if (this.#visited.size === 0) return;
        const began = performance.now();
        let lastSeen = began;
        while (performance.now() - lastSeen < lingerMs && performance.now() - began < lingerLimitMs) {
            await sleep(50);
            if ([...this.#visited].some(isTraced)) lastSeen = performance.now();
        }
    }

    /** Called every second once the parent has gone: a program that hangs never answers. */
    leaveWhenStuck(): void {
        this.#aloneMs = unbreakable.includes(this.#atHand) ? 0 : this.#aloneMs + 1000;
        if (this.#aloneMs <= stuckMs) return;
        for (const pid of this.#suspended) process.kill(pid, "SIGKILL");
        process.exit(1);
    }

    async #perform(step: WorkerStep): Promise<unknown> {
        this.#atHand = step.op;
        this.#aloneMs = 0;
        try {
            return await this.#do(step);
        } finally {
            this.#atHand = null;
        }
    }

    async #do(step: WorkerStep): Promise<unknown> {
        switch (step.op) {
            case "enumerateProcesses":
                return (await this.device.enumerateProcesses()).map(({ pid, name }) => ({ pid, name }));
            case "spawn":
                return this.#spawn(step);
            case "resume":
                await this.device.resume(step.pid);
                return void this.#suspended.delete(step.pid);
            case "kill":
                this.#suspended.delete(step.pid);
                return this.device.kill(step.pid);
            case "attach":
                return this.#attach(step.session, step.pid);
            case "createScript":
                return this.#createScript(step);
            case "load":
                return this.#script(step.script).load();
            case "call":
                return this.#call(step);
            case "eternalize":
                return this.#take(step.script).eternalize();
            case "unload":
                return this.#take(step.script).unload();
            case "detach": {
                const session = this.#session(step.session);
                this.#sessions.delete(step.session);
                if (!session.isDetached) await this.#settle(step.session);
                return session.detach();
            }
        }
    }

    /** An agent that is told to leave too early leaves hooks behind (workers/wheel/worker.py). */
    async #settle(session: string): Promise<void> {
        const age = performance.now() - (this.#attachedAt.get(session) ?? 0);
        if (age < settlingMs) await sleep(settlingMs - age);
    }

    async #spawn({ program, argv, cwd, env }: Extract<WorkerStep, { op: "spawn" }>): Promise<number> {
        const pid = await this.device.spawn(program, {
            argv,
            stdio: "inherit" as Stdio,
            envp: this.environment as Record<string, string>,
            ...(cwd === null ? {} : { cwd }),
            ...(env === null ? {} : { envp: env }),
        });
        this.#suspended.add(pid);
        return pid;
    }

    async #attach(name: string, pid: number): Promise<void> {
        this.#visited.add(pid);
        const session = await this.device.attach(pid);
        this.#sessions.set(name, session);
        this.#attachedAt.set(name, performance.now());
        session.detached.connect((reason: SessionDetachReason, crash: Crash | null) =>
            this.send({ event: "detached", session: name, reason, crash: crash?.report ?? null }),
        );
    }

    async #createScript({ session, script, name, source }: Extract<WorkerStep, { op: "createScript" }>): Promise<void> {
        const created = await this.#session(session).createScript(source, { name });
        created.message.connect((message: Message) => {
            const count = (this.#messages.get(script) ?? 0) + 1;
            this.#messages.set(script, count);
            if (count <= messageLimit)
                this.send({ event: "message", script, text: JSON.stringify(message).slice(0, messageLengthLimit) });
        });
        this.#scripts.set(script, created);
    }

    async #call({ script, method, payload }: Extract<WorkerStep, { op: "call" }>): Promise<unknown> {
        const reply = (await this.#script(script).exports.request!(method, payload)) as AnyReply | null;
        if (reply?.ok === true) return reply.value;
        if (typeof reply?.error?.code !== "string")
            throw Object.assign(new Error("answered with something that is no reply"), { name: "NonsenseAnswer" });
        const { code, message, stack, mismatches } = reply.error;
        throw new AgentRefusal(code, String(message), stack, mismatches);
    }

    #session(name: string): Session {
        return this.#sessions.get(name) ?? fail(`no session ${name}`);
    }

    #script(name: string): Script {
        return this.#scripts.get(name) ?? fail(`no script ${name}`);
    }

    #take(name: string): Script {
        const script = this.#script(name);
        this.#scripts.delete(name);
        return script;
    }
}

/** What a target may have made of a `Reply`. */
interface AnyReply {
    ok?: unknown;
    value?: unknown;
    error?: { code?: unknown; message?: unknown; stack?: string; mismatches?: unknown };
}

/** Whether a process of this Linux system is held by a tracer; never elsewhere. */
function isTraced(pid: number): boolean {
    try {
        return !/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
        return false;
    }
}

function fail(message: string): never {
    throw new Error(message);
}

function describe(error: unknown): WorkerError {
    if (error instanceof AgentRefusal) {
        const { code, message, agentStack, mismatches } = error;
        return {
            name: "AgentRefusal",
            message,
            refusal: { code, message, mismatches, ...(agentStack ? { stack: agentStack } : {}) },
        };
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { name, message };
}

await main();
