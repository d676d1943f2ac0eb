import { setTimeout as sleep } from "node:timers/promises";
import type { Crash, Device, Message, Script, Session, SessionDetachReason, Stdio } from "frida";
import { isTraced } from "../../../process/process-status.js";
import { AgentRefusal } from "../../engine.js";
import type { WorkerError, WorkerReply, WorkerRequest, WorkerStep } from "../worker-protocol.js";
import type { AttachLock } from "./attach-lock.js";
import type { Channel } from "./channel.js";
import { MessageForwarder } from "./message-forwarder.js";
import type { SystemSession } from "./system-session.js";

/* Times, limits and their reasons are those of `python/poolnv_worker/worker.py`, in milliseconds here. */
/** How long no program may have been traced before the worker exits, and the limit for that. */
const lingerMs = 2_000;
const lingerLimitMs = 30_000;
/**
 * How long an agent must have been in a program before it is unloaded. With Frida's hooks of exit, which the npm binding
 * can't leave out, one unloaded earlier left hooks behind in 8 of 400 programs. Without them, none did in 300.
 */
const settlingMs = 500;
/** frida-core's messages if a signal came to the program during an injection: another try succeeds. */
const disturbed = /unexpected crash|crashed with signal|unexpected lack of content/i;
const attachTries = 3;
const attachPauseMs = 500;
/** How long a step may go on after the parent has ended, and the steps that are never interrupted. */
const stuckMs = 20_000;
const uninterruptible: readonly Operation[] = ["attach", "spawn", "resume", "createScript", "load"];

type Operation = WorkerStep["op"] | "finish";
type Step<Name extends WorkerStep["op"]> = Extract<WorkerStep, { op: Name }>;

/** What the operations use. */
export interface OperationsContext {
    device: Device;
    system: SystemSession;
    channel: Channel;
    attachLock: AttachLock;
    /** Environment of programs that are spawned, if the request has none. */
    environment: NodeJS.ProcessEnv;
}

/** Carries out requests with the npm binding. */
export class BindingOperations {
    readonly attachedPids = new Set<number>();
    readonly #context: OperationsContext;
    readonly #sessions = new Map<string, { pid: number; session: Session }>();
    readonly #attachedAt = new Map<string, number>();
    readonly #scripts = new Map<string, Script>();
    readonly #suspended = new Set<number>();
    #currentStep: { operation: Operation; since: number } | null = null;

    constructor(context: OperationsContext) {
        this.#context = context;
    }

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
        this.#currentStep = { operation: "finish", since: performance.now() };
        for (const pid of this.#suspended) await this.#context.device.kill(pid).catch(() => {});
        for (const session of [...this.#sessions.keys()]) await this.#detach({ op: "detach", session }).catch(() => {});
        this.#currentStep = null;
        await this.#linger();
        await this.#context.attachLock.release();
    }

    /** To be called every second: a program that hangs never answers, and once the parent has ended no one waits for it. */
    exitWhenStuck(): void {
        const { parentEndedAt } = this.#context.channel;
        if (parentEndedAt === null || this.#currentStep === null) return;
        const { operation, since } = this.#currentStep;
        if (uninterruptible.includes(operation)) return;
        if (performance.now() - Math.max(since, parentEndedAt) <= stuckMs) return;
        // Without frida-core, which may hang.
        for (const pid of [...this.#suspended, process.pid]) endProcess(pid);
    }

    /**
     * After a detach frida-core still cleans up in the program, with one of its threads stopped by ptrace, and does not
     * report when it is done. Exiting meanwhile killed the program 2 times in 100.
     */
    async #linger(): Promise<void> {
        if (this.attachedPids.size === 0) return;
        const began = performance.now();
        let lastTraced = began;
        while (performance.now() - lastTraced < lingerMs && performance.now() - began < lingerLimitMs) {
            await sleep(50);
            if ([...this.attachedPids].some(isTraced)) lastTraced = performance.now();
        }
    }

    async #perform(step: WorkerStep): Promise<unknown> {
        this.#currentStep = { operation: step.op, since: performance.now() };
        try {
            return await this.#do(step);
        } finally {
            this.#currentStep = null;
        }
    }

    async #do(step: WorkerStep): Promise<unknown> {
        switch (step.op) {
            case "enumerateProcesses":
                return this.#enumerateProcesses();
            case "spawn":
                return this.#spawn(step);
            case "resume":
                await this.#context.device.resume(step.pid);
                return void this.#suspended.delete(step.pid);
            case "kill":
                this.#suspended.delete(step.pid);
                return this.#context.device.kill(step.pid);
            case "attach":
                return this.#attach(step);
            case "createScript":
                return this.#createScript(step);
            case "load":
                return this.#script(step.script).load();
            case "call":
                return this.#call(step);
            case "unload":
                return this.#take(step.script).unload();
            case "detach":
                return this.#detach(step);
        }
    }

    /** All but this one and the host, whose name many programs have: `node.exe`. */
    async #enumerateProcesses(): Promise<{ pid: number; name: string }[]> {
        const own = [process.pid, process.ppid];
        const running = await this.#context.device.enumerateProcesses();
        return running.filter(({ pid }) => !own.includes(pid)).map(({ pid, name }) => ({ pid, name }));
    }

    async #spawn({ program, argv, cwd, env }: Step<"spawn">): Promise<number> {
        const { device, system, environment } = this.#context;
        const pid = await device.spawn(program, {
            argv,
            stdio: "inherit" as Stdio,
            envp: env ?? (environment as Record<string, string>),
            ...(cwd === null ? {} : { cwd }),
        });
        this.#suspended.add(pid);
        if (process.platform === "win32") await system.calls.watchExit(pid);
        return pid;
    }

    async #attach({ session: name, pid }: Step<"attach">): Promise<void> {
        this.attachedPids.add(pid);
        const session = await this.#attachWithRetries(pid);
        this.#sessions.set(name, { pid, session });
        this.#attachedAt.set(name, performance.now());
        session.detached.connect((reason: SessionDetachReason, crash: Crash | null) =>
            this.#context.channel.send({ event: "detached", session: name, reason, crash: crash?.report ?? null }),
        );
    }

    async #attachWithRetries(pid: number): Promise<Session> {
        await this.#context.attachLock.acquire(pid, this.#suspended.has(pid));
        const isOpen = [...this.#sessions.values()].some((each) => each.pid === pid);
        if (!isOpen) await this.#context.attachLock.waitForOwnAgent(pid);
        for (let tries = 1; ; tries++) {
            try {
                return await this.#context.device.attach(pid);
            } catch (error) {
                if (tries === attachTries || !disturbed.test(describe(error).message)) throw error;
                await sleep(attachPauseMs);
            }
        }
    }

    async #createScript({ session, script, name, source }: Step<"createScript">): Promise<void> {
        const created = await this.#session(session).createScript(source, { name });
        const forwarder = new MessageForwarder(script, this.#context.channel);
        created.message.connect((message: Message) => forwarder.forward(message));
        created.logHandler = (_level, text) => forwarder.forwardLog(text);
        this.#scripts.set(script, created);
    }

    async #call({ script: name, method, payload }: Step<"call">): Promise<unknown> {
        const script = this.#script(name);
        const reply: unknown = await script.exports.request!(method, payload).catch((error: unknown) => {
            // An error of the program itself has any name that the program likes.
            const name = script.isDestroyed ? "InvalidOperationError" : "RPCException";
            throw Object.assign(new Error(describe(error).message), { name });
        });
        if (isValue(reply)) return reply.value;
        if (isRefusal(reply)) {
            const { code, message, stack, mismatches } = reply.error;
            throw new AgentRefusal(code, message, typeof stack === "string" ? stack : undefined, mismatches);
        }
        throw Object.assign(new Error("answered with something that is not a reply"), { name: "InvalidAnswer" });
    }

    async #detach({ session: name }: Step<"detach">): Promise<void> {
        const session = this.#session(name);
        this.#sessions.delete(name);
        const age = performance.now() - (this.#attachedAt.get(name) ?? 0);
        this.#attachedAt.delete(name);
        if (!session.isDetached() && age < settlingMs) await sleep(settlingMs - age);
        await session.detach();
    }

    #session(name: string): Session {
        return this.#sessions.get(name)?.session ?? fail(`no session ${name}`);
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

/** A `Reply`, which the program may have forged. */
function isValue(reply: unknown): reply is { value: unknown } {
    return isObject(reply) && reply["ok"] === true && "value" in reply;
}

function isRefusal(
    reply: unknown,
): reply is { error: { code: string; message: string; stack?: unknown; mismatches?: unknown } } {
    const error = isObject(reply) ? reply["error"] : null;
    return isObject(error) && typeof error["code"] === "string" && typeof error["message"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

function endProcess(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        return; // it has ended
    }
}

function fail(message: string): never {
    throw new Error(message);
}

/** Name and message are text in any case: a program can put anything into an error. */
function describe(error: unknown): WorkerError {
    if (error instanceof AgentRefusal) {
        const { code, message, agentStack, mismatches } = error;
        const refusal = { code, message, mismatches, ...(agentStack === undefined ? {} : { stack: agentStack }) };
        return { name: "AgentRefusal", message, refusal };
    }
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { name: String(name), message: String(message) };
}
