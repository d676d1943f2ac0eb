/**
 * The two kinds of error and their exit codes. A `UserError` is the user's to resolve and says how; anything else is our
 * fault. `host/cli/report-error.ts` is the one place that turns either into output and an exit code.
 */

/** Exit codes of the contract. */
export const ExitCode = {
    Done: 0,
    Fault: 1,
    Usage: 2,
    NoSuchProcess: 3,
    NoEngine: 4,
    Refused: 5,
    Threshold: 6,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Codes of the errors that a user can resolve, each with its exit code. Scripts match on the names. */
export const userErrorExitCodes = {
    USAGE: ExitCode.Usage,
    BAD_CONFIG: ExitCode.Usage,
    NO_SUCH_PROGRAM: ExitCode.Usage,
    NO_SUCH_FOLDER: ExitCode.Usage,
    LOG_NOT_WRITABLE: ExitCode.Usage,
    BAD_RESULTS: ExitCode.Usage,
    RESULTS_NOT_READABLE: ExitCode.Usage,
    BAD_SCENARIO: ExitCode.Usage,
    SCENARIO_NOT_READABLE: ExitCode.Usage,
    SHARDS_DIFFER: ExitCode.Usage,
    OTHER_RUN: ExitCode.Usage,
    BAD_SCRIPT: ExitCode.Usage,
    SCRIPT_NOT_READABLE: ExitCode.Usage,
    FILE_EXISTS: ExitCode.Usage,
    FILE_NOT_WRITABLE: ExitCode.Usage,
    PORT_TAKEN: ExitCode.Usage,
    NO_SAVES_FOLDER: ExitCode.Usage,
    SAVE_NOT_READABLE: ExitCode.Usage,
    BAD_SAVE: ExitCode.Usage,
    NO_GAME: ExitCode.Usage,
    SEVERAL_GAMES: ExitCode.Usage,
    NOT_CONFIRMED: ExitCode.Usage,
    FILE_CHANGED: ExitCode.Usage,
    NOT_DEPLOYED: ExitCode.Usage,
    NO_SUCH_PROCESS: ExitCode.NoSuchProcess,
    AMBIGUOUS_PROCESS: ExitCode.NoSuchProcess,
    TARGET_GONE: ExitCode.NoSuchProcess,
    NO_ENGINE: ExitCode.NoEngine,
    ENGINE_DIED: ExitCode.NoEngine,
    SETUP_FAILED: ExitCode.NoEngine,
    ACCESS_DENIED: ExitCode.Refused,
    UNSUPPORTED_PROGRAM: ExitCode.Refused,
    PROGRAM_NOT_STARTED: ExitCode.Refused,
    INJECTION_FAILED: ExitCode.Refused,
    NO_KNOWN_RUNTIME: ExitCode.Refused,
    SEVERAL_RUNTIMES: ExitCode.Refused,
    NO_PROC: ExitCode.Refused,
    SANDBOXED: ExitCode.Refused,
    PROGRAM_LIMITED: ExitCode.Refused,
    NO_ROOM: ExitCode.Refused,
    NO_SUCH_LAYER: ExitCode.Refused,
    NO_GAME_CONSOLE: ExitCode.Refused,
    UNKNOWN_GAME_VERSION: ExitCode.Refused,
    GAME_CHANGED: ExitCode.Refused,
    GAME_PROTECTED: ExitCode.Refused,
    OTHER_REPLACER: ExitCode.Refused,
    UNHOOKABLE: ExitCode.Refused,
    UNSUPPORTED_PLATFORM: ExitCode.Refused,
    FOREIGN_VERSION: ExitCode.Refused,
    FORGED_POOL: ExitCode.Refused,
    NOT_ANSWERING: ExitCode.Refused,
    THREADS_WOULD_NOT_STOP: ExitCode.Refused,
    NO_POOL: ExitCode.Refused,
    UNSUITABLE_GAME: ExitCode.Refused,
    PROTECTED_PROGRAM: ExitCode.Refused,
} as const satisfies Record<string, ExitCode>;

/** Code of a {@link UserError}. `docs/troubleshooting.md` explains each. */
export type UserErrorCode = keyof typeof userErrorExitCodes;

/** A row of the table that an error may have: the text of each column, null for an empty cell. */
export type ErrorDetail = Readonly<Record<string, string | null>>;

/** An error that the user can resolve: `message` says what happened, `resolution` what to do, each in one line. */
export class UserError extends Error {
    /** Always `UserError`. */
    override readonly name = "UserError";

    constructor(
        /** Stable identifier that scripts match on. */
        readonly code: UserErrorCode,
        message: string,
        /** What to do, in one line. */
        readonly resolution: string,
        options: ErrorOptions & {
            /** Rows of a table; their fields are its columns. */
            details?: readonly ErrorDetail[];
        } = {},
    ) {
        super(message, options);
        this.details = options.details ?? [];
    }

    /** Rows of a table that is printed below the error; often empty. */
    readonly details: readonly ErrorDetail[];
}
