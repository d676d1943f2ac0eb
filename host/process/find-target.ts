import { UserError } from "../errors.js";
import type { EngineProcess } from "../frida/engine.js";

/** True when a file name is what a person asked for: case does not matter, `.exe` may be left out. */
export function isNamed(fileName: string, wanted: string): boolean {
    const bare = (name: string): string => name.toLowerCase().replace(/\.exe$/, "");
    return bare(fileName) === bare(wanted);
}

/**
 * The one process that a person means.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export function pickOne<T extends EngineProcess>(matches: T[], wanted: string | number): T {
    const [only, second] = matches;
    if (only === undefined) throw noSuchProcess(wanted);
    if (second === undefined) return only;
    const list = matches.map(({ pid, name }) => `${name} (pid ${pid})`).join(", ");
    throw new UserError(
        "AMBIGUOUS_PROCESS",
        `${matches.length} processes are called ${wanted}: ${list}`,
        `Name one of them by its pid, for example: poolnv attach ${only.pid}`,
    );
}

/** The error for a name or pid that nobody bears. */
export function noSuchProcess(wanted: string | number): UserError {
    const subject = typeof wanted === "number" ? `has the pid ${wanted}` : `is called ${wanted}`;
    return new UserError(
        "NO_SUCH_PROCESS",
        `no running process ${subject}`,
        "Start the program first, or let poolnv start it: poolnv launch -- <program>",
    );
}
