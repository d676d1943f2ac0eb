/**
 * The contract between host, installer script and pool: requests by name. The host validates every reply, because a program
 * may have been tampered with.
 *
 * The *installer* script (`agent/installer.ts`) is loaded into the program to install a pool, and unloaded. A living pool is
 * asked by its mailbox, in binary (`cmodule/resident/mailbox.h`); the host translates.
 */
import type { AgentError } from "./errors.js";
import type { PatchReport, PrepareReport, PrepareRequest } from "./install.js";
import type { PostAnswer, PostRequest } from "./mailbox.js";
import type { GameState, MainThreadWork, WorkState } from "./main-thread.js";
import type { ExceptionsReply, LoadedModule, PoolFacts, SnapshotReply } from "./pool.js";
import type { SamplerPage } from "./sampling.js";

/** Requests to the installer script. */
export interface ScriptRequests {
    /** Finds the living pool; null if the process has none. Refused while another host is installing it. */
    find: { request: null; response: PoolFacts | null };
    /** Prepares everything that writing the hooks needs, and starts the resident. Gives everything back if it fails. */
    prepare: { request: PrepareRequest; response: PrepareReport };
    /** Suspends the threads and writes the hooks that were prepared. Gives everything back if it fails. */
    writeHooks: { request: null; response: PatchReport };
    /** Starts the resident in a forked child, which has the pool of its parent but none of its threads. */
    revive: { request: null; response: null };
    /** Asks a living pool by the mailbox in its memory. */
    post: { request: PostRequest; response: PostAnswer };
    /** Pids of the other processes that run a program of the same name; none where hosts see them themselves. */
    namesakes: { request: null; response: number[] };
}

/** Requests to a living pool. */
export interface PoolRequests {
    /** The pool and its program. */
    find: { request: null; response: PoolFacts };
    /** Pids of the other processes that run a program of the same name. Windows only. */
    namesakes: { request: null; response: number[] };
    /** All counters at one moment. */
    snapshot: { request: null; response: SnapshotReply };
    /** Sends new allocations to the pool (true) or to the original (false); returns the new state. */
    setActive: { request: boolean; response: boolean };
    /** Returns wholly free memory to the system; responds with its bytes. */
    reset: { request: null; response: number };
    /**
     * Samples one call in so many; 0 stops the sampler. A sampler that runs keeps its interval. It stops by itself after
     * half a minute without `readSampler`. Responds with the interval in force.
     */
    startSampler: { request: number; response: number };
    /** The page of the sampler's table that starts at this row; the first page starts at 0. */
    readSampler: { request: number; response: SamplerPage };
    /** Only in a game with a main-thread queue, as the next three. */
    gameState: { request: null; response: GameState };
    /** Queues work for the game's main thread; responds with its ticket. */
    queueWork: { request: MainThreadWork; response: number };
    /** State of the work with this ticket. */
    workState: { request: number; response: WorkState };
    /** Cancels queued work; false if the game has started it. */
    cancelWork: { request: number; response: boolean };
    /** Appends lines to the log, each with a time stamp. */
    log: { request: string[]; response: null };
    /** Exceptions since the first of these requests, which starts their recording. */
    exceptions: { request: null; response: ExceptionsReply };
    /** A page of the program's modules that starts at this one; the first page starts at 0. Windows only. */
    modules: { request: number; response: { modules: LoadedModule[]; next: number | null } };
}

/** Every reply of a script: agents never throw across the wire, because engines render exceptions differently. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: AgentError };

/** The RPC export of the installer script. */
export interface AgentExports {
    request: (name: string, payload: unknown) => Promise<Reply<unknown>> | Reply<unknown>;
}
