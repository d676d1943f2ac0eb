/** Carries requests to the resident of a pool, and its replies back. */
export interface Transport {
    /** Resolves once, when no request can be carried any more. */
    readonly ended: Promise<EndReason>;
    /**
     * Sends one request.
     *
     * @returns the value of the reply, not validated
     * @throws AgentRefusal, EngineTimeout, EngineError, WorkerDied, ProgramEnded, UserError FORGED_POOL, FOREIGN_VERSION
     */
    request(name: string, payload: unknown): Promise<unknown>;
    /** Leaves the program running with its pool. */
    close(): Promise<void>;
}

/** Why a transport has ended. */
export type EndReason = keyof typeof endSentences;

/** The reasons as sentences. */
export const endSentences = {
    "application-requested": "the session was ended",
    "process-replaced": "the program replaced itself by another",
    "process-terminated": "the program has ended",
    "connection-terminated": "the connection to the program broke",
    "device-lost": "the engine lost the system it ran on",
    "worker-died": "the engine's process has ended; the program goes on with its pool",
} as const;
