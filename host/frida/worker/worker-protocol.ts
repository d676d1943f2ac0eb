/**
 * The protocol between host and worker: one JSON document a line. A request is a list of steps that the worker carries
 * out to the end, or to the first that fails, even if its parent dies meanwhile: that makes "prepare, write the hooks"
 * one critical section. The host names sessions and scripts, so that later steps can refer
 * to earlier ones within one line.
 *
 * Implemented by `python/poolnv_worker` (PyPI package) and `binding/` (npm binding).
 */
export interface WorkerRequest {
    id: number;
    steps: WorkerStep[];
    /** Carried out, failures ignored, if a step failed. */
    undo: WorkerStep[];
}

/** `env` of a spawn is the whole environment; null: the worker's own. */
export type WorkerStep =
    | { op: "enumerateProcesses" }
    | { op: "spawn"; program: string; argv: string[]; cwd: string | null; env: Record<string, string> | null }
    | { op: "resume"; pid: number }
    | { op: "kill"; pid: number }
    | { op: "attach"; session: string; pid: number }
    | { op: "createScript"; session: string; script: string; name: string; source: string }
    | { op: "load"; script: string }
    | { op: "call"; script: string; method: string; payload: unknown }
    | { op: "unload"; script: string }
    | { op: "detach"; session: string };

export type WorkerLine = WorkerHello | WorkerReply | WorkerEvent;

/** The first line of every worker, once frida-core is loaded, or the reason why it can't be. */
export type WorkerHello = { hello: { version: string; platform: string } } | { hello: null; reason: string };

/** `results` has a value for each step done before the first failure. */
export interface WorkerReply {
    id: number;
    results: unknown[];
    error?: WorkerError;
}

export interface WorkerError {
    /**
     * Frida's own name of the error (`ProcessNotFoundError`, `NotSupportedError`, ...), `AgentRefusal`,
     * `InvalidAnswer` if the program answered with something that no agent of ours sends, or `ProgramBusy` if another
     * worker is attached to the program.
     */
    name: string;
    message: string;
    /** With `AgentRefusal`: the agent's answer. The code may be unknown. */
    refusal?: { code: string; message: string; stack?: string; mismatches?: unknown };
}

export type WorkerEvent =
    | { event: "detached"; session: string; reason: string; crash: string | null }
    /** A spawned program has ended. Sent on Windows only, where the exit code can be read reliably. */
    | { event: "exited"; pid: number; code: number }
    /** A script's message, cut to a length and only the first ones of each script: a program may send without end. */
    | { event: "message"; script: string; text: string };
