import { readlinkSync } from "node:fs";
import { bareProgramName } from "../../shared/program-name.js";
import { UserError } from "../errors.js";
import { pollUntil } from "../process/poll.js";
import { readProcess, readProcessTable, type RunningProcess, type WineProcess } from "../process/process-table.js";
import { unixPath } from "../process/wine.js";
import type { EngineChoice, EngineProcess } from "./engine.js";

/** Where a program runs, as far as this system shows it without an engine. */
export type Location =
    /** A process of this system. */
    | { kind: "native"; pid: number; name: string; executable: string | null }
    /** A Windows program that Wine runs on this system. `pid` is Linux's; its Windows pid is known only inside Wine. */
    | { kind: "wine"; pid: number; wine: WineProcess; name: string }
    /** Only the engine can find it. */
    | { kind: "ask-engine"; wanted: string | number };

/** How a name that is not unique is polled. */
const ambiguityPolling = { everyMs: 100, limitMs: 500 };

/**
 * {@link locate}, but tries again for half a second if two processes match: a program may look like two for some
 * milliseconds, while it starts another, and while poolnv suspends its threads from a task that shares its memory
 * (`cmodule/stop_linux.c`).
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function locatePatiently(wanted: string | number, engine: EngineChoice): Promise<Location> {
    const found = await pollUntil(() => {
        try {
            return locate(wanted, engine);
        } catch (error) {
            if (!(error instanceof UserError) || error.code !== "AMBIGUOUS_PROCESS") throw error;
            return null;
        }
    }, ambiguityPolling);
    return found ?? locate(wanted, engine);
}

/**
 * Finds the program among the processes of this system.
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export function locate(wanted: string | number, engine: EngineChoice): Location {
    if (process.platform !== "linux") return { kind: "ask-engine", wanted };
    if (typeof wanted === "number") {
        if (engine === "wine") return { kind: "ask-engine", wanted }; // a Windows pid
        const found = readProcess(wanted);
        if (found === null) throw noSuchProcess(wanted);
        return describe(found);
    }
    return describe(pickOne(namedProcesses(wanted, engine), wanted));
}

/** All processes of this system that have a name and that we may read; an empty list on other systems than Linux. */
export function locateAll(wanted: string, engine: EngineChoice): Location[] {
    if (process.platform !== "linux") return [];
    return namedProcesses(wanted, engine)
        .filter(({ executable }) => executable !== null)
        .map(describe);
}

/** Path on this system of a running program's file, or null if it can't be found. */
export function programPath(location: Location): string | null {
    switch (location.kind) {
        case "native":
            return location.executable;
        case "wine":
            return unixPath(location.wine, workingFolder(location.pid));
        case "ask-engine":
            return null;
    }
}

/** Whether a file name is the one that the user asked for: case does not matter, `.exe` may be left out. */
export function isNamed(fileName: string, wanted: string): boolean {
    return bareProgramName(fileName) === bareProgramName(wanted);
}

/**
 * The only one of the matching processes.
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

/** The error for a name or pid that no process has. */
export function noSuchProcess(wanted: string | number): UserError {
    const subject = typeof wanted === "number" ? `has the pid ${wanted}` : `is called ${wanted}`;
    return new UserError(
        "NO_SUCH_PROCESS",
        `no running process ${subject}`,
        "Start the program first, or let poolnv start it: poolnv launch -- <program>",
    );
}

function namedProcesses(wanted: string, engine: EngineChoice): (RunningProcess & { name: string })[] {
    const named = readProcessTable()
        .filter(({ wine }) => engine === "auto" || (wine !== null) === (engine === "wine"))
        .filter(({ names }) => names.some((name) => isNamed(name, wanted)))
        .map((found) => ({ ...found, name: found.names.find((name) => isNamed(name, wanted))! }));
    const ours = named.filter(({ executable }) => executable !== null);
    return ours.length > 0 ? ours : named; // other users may run it, too
}

function describe({ pid, names, executable, wine }: RunningProcess): Location {
    const name = names[0] ?? String(pid);
    return wine === null ? { kind: "native", pid, name, executable } : { kind: "wine", pid, wine, name };
}

/** Null if we may not read it. */
function workingFolder(pid: number): string | null {
    try {
        return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
        return null;
    }
}
