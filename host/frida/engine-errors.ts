/** The worker process has gone, so nothing more can be asked of it. What it had begun in the target it finished. */
export class WorkerDied extends Error {
    override readonly name = "WorkerDied";
}

/** The worker is alive but its answer does not come: the target is stopped, or something in it hangs. */
export class EngineTimeout extends Error {
    override readonly name = "EngineTimeout";
}

/** frida-core refused; `fridaName` is its own name of the error, the same for every engine. */
export class EngineError extends Error {
    override readonly name = "EngineError";

    constructor(
        readonly fridaName: string,
        message: string,
    ) {
        super(message);
    }
}

/** An agent in the target refused. */
export class AgentRefusal extends Error {
    override readonly name = "AgentRefusal";

    constructor(
        /** One of the protocol's, unless the target is up to something. */
        readonly code: string,
        message: string,
        readonly agentStack: string | undefined,
        /** What it says of the bytes of a game; not checked. */
        readonly mismatches?: unknown,
    ) {
        super(message);
    }
}
