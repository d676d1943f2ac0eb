import { ExitCode } from "../errors.js";

/** Severity: with an error, installing the pool would fail. */
export type Level = "ok" | "warning" | "error";

/** The result of one check. */
export interface Finding {
    /** What was checked. */
    readonly id: FindingId;
    /** Severity. */
    readonly level: Level;
    /** What was found, in one line. */
    readonly message: string;
    /** What to do about it, in one line. */
    readonly resolution?: string;
}

/** Names of the checks; scripts match on them. Each has the exit code with which an installation would fail. */
const exitCodes = {
    node: ExitCode.Usage,
    engine: ExitCode.NoEngine,
    game: ExitCode.Usage,
    search: ExitCode.Usage,
    program: ExitCode.Refused,
    version: ExitCode.Refused,
    protection: ExitCode.Refused,
    code: ExitCode.Refused,
    "large-addresses": ExitCode.Refused,
    replacer: ExitCode.Refused,
    xnvse: ExitCode.Usage,
    "xnvse-memory": ExitCode.Usage,
    log: ExitCode.Usage,
    configuration: ExitCode.Usage,
    launcher: ExitCode.Usage,
    pool: ExitCode.Refused,
    "address-space": ExitCode.Refused,
} as const satisfies Record<string, ExitCode>;

/** Name of a check. */
export type FindingId = keyof typeof exitCodes;

export function ok(id: FindingId, message: string): Finding {
    return { id, level: "ok", message };
}

export function warning(id: FindingId, message: string, resolution: string): Finding {
    return { id, level: "warning", message, resolution };
}

export function error(id: FindingId, message: string, resolution: string): Finding {
    return { id, level: "error", message, resolution };
}

/** The exit code of the first error; a missing engine goes first, because nothing works without one. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
    const codes = findings.filter(({ level }) => level === "error").map(({ id }) => exitCodes[id]);
    return codes.find((code) => code === ExitCode.NoEngine) ?? codes[0] ?? ExitCode.Done;
}
