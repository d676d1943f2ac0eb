/**
 * The contract between host and agents: requests by name. A new request is added here, to its handler in
 * `agent/requests/dispatch.ts` and to its reply's validation in `host/client/replies.ts`; the compiler asks for all three.
 *
 * Two agent scripts answer. The *resident* script prepares the pool, is eternalized and stays; it answers the requests
 * that arrive by mailbox, too. The *session* script is loaded for one session, finds the living pool by its control block,
 * writes its hooks and answers requests about it. A target may have been tampered with: the host validates every reply.
 */
import type { AgentError } from "./errors.js";
import type { PatchReport, PrepareReport, PrepareRequest } from "./install.js";
import type { GameState, MainThreadWork, WorkState } from "./main-thread.js";
import type { PoolFacts, SnapshotReply } from "./pool.js";
import type { CodeSymbol, SamplerPage } from "./sampling.js";

/** Requests to the resident script before it is eternalized. */
export interface ResidentRequests {
    prepare: { request: PrepareRequest; response: PrepareReport };
}

/** Requests about the pool. */
export interface PoolRequests {
    /** Finds the living pool; null if the process has none. */
    find: { request: null; response: PoolFacts | null };
    /** Pids of the other processes that run a program of the same name; none where hosts see them themselves. */
    namesakes: { request: null; response: number[] };
    /** Suspends the threads and writes the hooks, once; later calls do nothing. */
    writeHooks: { request: null; response: PatchReport };
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
    /** Symbols of up to `symbolizeLimit` addresses in hexadecimal. */
    symbolize: { request: string[]; response: CodeSymbol[] };
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
    /** From now on the script sends a `SeenException` for each exception, as a message. */
    watchExceptions: { request: null; response: null };
}

/** Every reply: agents never throw across the wire, because engines render exceptions differently. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: AgentError };

/** The one RPC export of each agent script. */
export interface AgentExports {
    request: (name: string, payload: unknown) => Promise<Reply<unknown>> | Reply<unknown>;
}
