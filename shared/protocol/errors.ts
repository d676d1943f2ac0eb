/** Why an agent refuses. The host turns each into a `UserError` with a resolution. */
export type AgentErrorCode =
    | "NO_KNOWN_RUNTIME"
    | "NO_SUCH_LAYER"
    | "NO_EXTRA_PATCHES"
    | "UNKNOWN_GAME_VERSION"
    | "GAME_CHANGED"
    | "GAME_PROTECTED"
    | "OTHER_REPLACER"
    | "NO_GAME_CONSOLE"
    | "MAIN_THREAD_QUEUE_FULL"
    | "NO_ROOM"
    | "UNHOOKABLE"
    | "UNSUPPORTED_PLATFORM"
    | "LOG_NOT_WRITABLE"
    | "ALREADY_INSTALLED"
    | "NO_POOL"
    | "FOREIGN_VERSION"
    | "FORGED_POOL"
    | "THREADS_WOULD_NOT_STOP"
    | "SUSPENSION_DENIED"
    | "INTERNAL";

/** The error half of a reply. */
export interface AgentError {
    code: AgentErrorCode;
    message: string;
    stack?: string;
    /** With GAME_CHANGED: the code that differs. */
    mismatches?: ByteMismatch[];
}

/** Code of a game, a function or another place, whose bytes differ from those of its profile. */
export interface ByteMismatch {
    function: string;
    address: string;
    /** Bytes in hexadecimal; `??` matches any. */
    expected: string;
    /** Null if they can't be read. */
    found: string | null;
    /** If another tool has written a jump there: the module that it jumps to. */
    leads_to: string | null;
}
