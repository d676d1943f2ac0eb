import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Crash, Device, Message, Script, Session, SessionDetachReason, Stdio } from "frida";
import { AgentRefusal } from "../engine.js";
import type { WorkerError, WorkerLine, WorkerReply, WorkerRequest, WorkerStep } from "./worker-protocol.js";

/** How long no program may have been traced before the worker exits, and the limit for that, in milliseconds. */
const lingerMs = 2_000;
const lingerLimitMs = 30_000;
/** How long an agent must have been in a program before it is unloaded, in milliseconds. */
const settlingMs = 500;
/** How long a step may go on after the parent has ended, in milliseconds, and the steps that are never interrupted. */
const stuckMs = 20_000;
const uninterruptible: readonly (WorkerStep["op"] | null)[] = [
    null,
    "attach",
    "spawn",
    "resume",
    "createScript",
    "load",
    "eternalize",
];
/** Messages of one script that are passed on, and characters of each. */
const messageLimit = 100;
const messageLengthLimit = 2000;

/** Carries out requests with the npm binding. */
export class BindingOperations {
    #sessions = new Map<string, Session>();
    #attachedAt = new Map<string, number>();
    #scripts = new Map<string, Script>();
    #suspended = new Set<number>();
    #attachedPids = new Set<number>();
    #messages = new Map<string, number>();
    #currentStep: WorkerStep["op"] | null = null;
    /** How long the current step has gone on since the parent ended. */
    #orphanedMs = 0;

    constructor(
        readonly device: Device,
        readonly send: (line: WorkerLine) => void,
        /** Environment of programs that are spawned, if the request has none. */
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

    /** Ends the programs that were never resumed, because they would stay suspended for ever, and detaches. */
    async finish(): Promise<void> {
        for (const pid of this.#suspended) await this.device.kill(pid).catch(() => {});
        for (const name of [...this.#sessions.keys()]) {
            await this.#perform({ op: "detach", session: name }).catch(() => {});
        }
        await this.#linger();
    }

    /**
     * After a detach frida-core still cleans up in the program, with one of its threads stopped by ptrace, and does not
     * report when it is done. Exiting meanwhile killed the program 2 times in 100.
     */
    async #linger(): Promise<void> {
        if (this.#attachedPids.size === 0) return;
        const began = performance.now();
        let lastTraced = began;
        while (performance.now() - lastTraced < lingerMs && performance.now() - began < lingerLimitMs) {
            await sleep(50);
            if ([...this.#attachedPids].some(isTraced)) lastTraced = performance.now();
        }
    }

    /** To be called every second once the parent has ended: a program that hangs never answers. */
    exitWhenStuck(): void {
        this.#orphanedMs = uninterruptible.includes(this.#currentStep) ? 0 : this.#orphanedMs + 1000;
        if (this.#orphanedMs <= stuckMs) return;
        for (const pid of this.#suspended) process.kill(pid, "SIGKILL");
        process.exit(1);
    }

    async #perform(step: WorkerStep): Promise<unknown> {
        this.#currentStep = step.op;
        this.#orphanedMs = 0;
        try {
            return await this.#do(step);
        } finally {
            this.#currentStep = null;
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
                if (!session.isDetached()) await this.#settle(step.session);
                return session.detach();
            }
        }
    }

    /** An agent that is unloaded too early leaves hooks behind (`python/poolnv_worker/worker.py`). */
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
        this.#attachedPids.add(pid);
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
            if (count <= messageLimit) {
                this.send({ event: "message", script, text: JSON.stringify(message).slice(0, messageLengthLimit) });
            }
        });
        this.#scripts.set(script, created);
    }

    async #call({ script, method, payload }: Extract<WorkerStep, { op: "call" }>): Promise<unknown> {
        const reply = (await this.#script(script).exports.request!(method, payload)) as AnyReply | null;
        if (reply?.ok === true) return reply.value;
        if (typeof reply?.error?.code !== "string") {
            throw Object.assign(new Error("answered with something that is not a reply"), { name: "InvalidAnswer" });
        }
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

/** A `Reply` that the program may have forged. */
interface AnyReply {
    ok?: unknown;
    value?: unknown;
    error?: { code?: unknown; message?: unknown; stack?: string; mismatches?: unknown };
}

/** Whether a tracer is attached to a process of this Linux system; false on other systems. */
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
