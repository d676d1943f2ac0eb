import type { Process, ProcessID, SessionDetachReason, SpawnOptions } from "frida";
import type { EngineKind } from "./engine-choice.js";

/** The needed subset of the npm package's own types, so that a Frida user feels at home. */
export type EngineProcess = Pick<Process, "pid" | "name">;
export type EngineSpawnOptions = Pick<SpawnOptions, "cwd"> & {
    argv: string[];
    /** The whole environment; where not given, the worker's. */
    env?: Record<string, string> | undefined;
};
export type DetachReason = `${SessionDetachReason}`;

/** frida-core in a worker process of its own. Every method rejects with `WorkerDied` once that process is gone. */
export interface Engine {
    readonly kind: EngineKind;
    /** Version of frida-core that the worker loaded. */
    readonly version: string;
    enumerateProcesses(): Promise<EngineProcess[]>;
    /** Starts a program and stops it before its first instruction. It dies with the worker unless resumed. */
    spawn(program: string, options: EngineSpawnOptions): Promise<ProcessID>;
    resume(pid: ProcessID): Promise<void>;
    /** Exit code of a program that this engine has spawned, once it has ended; null where the engine is not told. */
    exitCode(pid: ProcessID): Promise<number | null>;
    kill(pid: ProcessID): Promise<void>;
    /** Attaches and loads one script, as one step that a dying host cannot tear apart. */
    attach(pid: ProcessID, script: ScriptSource): Promise<EngineSession>;
    /** Lets the worker finish and leave, in its own time. Idempotent. */
    close(): void;
}

export interface ScriptSource {
    name: string;
    source: string;
}

/** One attached process with one script in it. */
export interface EngineSession {
    /** Resolves once, when the session has ended. */
    readonly detached: Promise<{ reason: DetachReason | "worker-died"; crash: string | null }>;
    /** Calls the script's `request` export. Rejects with `AgentRefusal` where the agent answered with an error. */
    request(name: string, payload: unknown): Promise<unknown>;
    /**
     * Loads a second script, calls its `request` export, eternalizes it, then makes one call to the first script; all of
     * it carried out by the worker alone. Where any of it fails the second script is unloaded again.
     *
     * @returns the values of the two calls
     */
    plant(script: ScriptSource, first: ScriptCall, afterwards: ScriptCall): Promise<[unknown, unknown]>;
    /** Hears what the script sends; JSON of whatever that is. */
    onMessage(listener: (text: string) => void): void;
    detach(): Promise<void>;
}

export interface ScriptCall {
    method: string;
    payload: unknown;
}
