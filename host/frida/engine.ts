/** Where frida-core runs: the npm binding in Node, the PyPI package in Python, its win32 build in Python under Wine. */
export type EngineKind = "binding" | "python" | "wine";

/** Which engine to use: `auto` picks one for the program, the others are named in {@link EngineKind}. */
export type EngineChoice = "auto" | EngineKind;

/** frida-core in a worker process of its own. Every method rejects with `WorkerDied` once that process has ended. */
export interface Engine {
    readonly kind: EngineKind;
    /** Version of frida-core that the worker loaded. */
    readonly version: string;
    enumerateProcesses(): Promise<EngineProcess[]>;
    /** Starts a program and suspends it before its first instruction. It ends with the worker unless resumed. */
    spawn(program: string, options: EngineSpawnOptions): Promise<number>;
    resume(pid: number): Promise<void>;
    /** Exit code of a program that this engine has spawned, once it has ended; null if the system does not report it. */
    exitCode(pid: number): Promise<number | null>;
    kill(pid: number): Promise<void>;
    /** Attaches and loads one script, as one step that the worker finishes even if this process is killed meanwhile. */
    attach(pid: number, script: ScriptSource): Promise<EngineSession>;
    /** Lets the worker finish and exit, in its own time. Idempotent. */
    close(): void;
}

/** One attached process with one script in it. */
export interface EngineSession {
    /** Resolves once, when the session has ended. */
    readonly detached: Promise<{ reason: DetachReason | "worker-died"; crash: string | null }>;
    /** Calls the script's `request` export. Rejects with `AgentRefusal` if the agent answered with an error. */
    request(name: string, payload: unknown): Promise<unknown>;
    /**
     * Makes several calls as one request, which the worker finishes even if this process is killed meanwhile. None follows
     * one that failed.
     *
     * @returns their values
     */
    requestAll(calls: readonly ScriptCall[]): Promise<unknown[]>;
    /** Calls the listener with each message of the script, as JSON. */
    onMessage(listener: (text: string) => void): void;
    detach(): Promise<void>;
}

export interface ScriptSource {
    name: string;
    source: string;
}

export interface ScriptCall {
    method: string;
    payload: unknown;
}

/** A running process, as Frida lists it. Frida's own types are not used here: users' compilers may not have them. */
export interface EngineProcess {
    readonly pid: number;
    /** File name of its program. */
    readonly name: string;
}

export interface EngineSpawnOptions {
    argv: string[];
    /** Working directory; if not given, the worker's. */
    cwd?: string | undefined;
    /** The whole environment; if not given, the worker's. */
    env?: Record<string, string> | undefined;
}

/** Why a session has ended, in Frida's words. */
export type DetachReason =
    "application-requested" | "process-replaced" | "process-terminated" | "connection-terminated" | "device-lost";

/** Default of the longest time for one answer of an agent, by whatever way it comes, in milliseconds; it takes a few. */
export const usualAnswerLimitMs = 20_000;

/** The worker process has ended. It had finished in the program what it had begun. */
export class WorkerDied extends Error {
    override readonly name = "WorkerDied";
}

/** The worker is alive but does not answer in time: the program is stopped, or something in it hangs. */
export class EngineTimeout extends Error {
    override readonly name = "EngineTimeout";
}

/** A system that an engine runs on. */
export type EngineSystem = "windows" | "linux" | "other";

/** frida-core or the worker refused. */
export class EngineError extends Error {
    override readonly name = "EngineError";

    constructor(
        /** Frida's own name of the error, the same for every engine, or one of `WorkerError`. */
        readonly fridaName: string,
        message: string,
        /** System of the worker; under Wine that is Windows. */
        readonly system: EngineSystem,
    ) {
        super(message);
    }
}

/** An agent in the program answered with an error. */
export class AgentRefusal extends Error {
    override readonly name = "AgentRefusal";

    constructor(
        /** One of the protocol's, unless the program forges answers. */
        readonly code: string,
        message: string,
        readonly agentStack: string | undefined,
        /** Bytes of a game that are not as expected; not checked. */
        readonly mismatches?: unknown,
    ) {
        super(message);
    }
}
