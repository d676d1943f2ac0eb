import { setTimeout as pause } from "node:timers/promises";
import type { EngineChoice } from "../frida/engine-choice.js";
import { UserError } from "../errors.js";
import { isNamed, noSuchProcess, pickOne } from "./find-target.js";
import { readProcess, readProcessTable, type RunningProcess, type WineProcess } from "./process-table.js";

/** Where the program runs, as far as it can be told before an engine is there. */
export type Location =
    /** A process of this system. */
    | { kind: "native"; pid: number; name: string; executable: string }
    /** A Windows program that Wine runs on this system. `pid` is Linux's; its Windows pid only an engine inside Wine can tell. */
    | { kind: "wine"; pid: number; wine: WineProcess; name: string }
    /** Only the engine can tell. */
    | { kind: "ask-engine"; wanted: string | number };

/** How often we look where a name is not unique, and how long we wait in between, in milliseconds. */
const looks = 6;
const pauseMs = 100;

/**
 * {@link locate}, but looks again where there are two: for some milliseconds a program may look like that, while it starts
 * another, and while poolnv suspends its threads from a task that shares its memory (`cmodule/patch/suspend_linux.c`).
 *
 * @throws UserError NO_SUCH_PROCESS, AMBIGUOUS_PROCESS
 */
export async function locatePatiently(wanted: string | number, engine: EngineChoice): Promise<Location> {
    for (let look = 1; look < looks; look++) {
        try {
            return locate(wanted, engine);
        } catch (error) {
            if (!(error instanceof UserError) || error.code !== "AMBIGUOUS_PROCESS") throw error;
            await pause(pauseMs);
        }
    }
    return locate(wanted, engine);
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
    const matches = namedProcesses(wanted, engine);
    return describe(pickOne(matches, wanted));
}

/** Every process of this system that goes by a name; elsewhere than on Linux, none. */
export function locateAll(wanted: string, engine: EngineChoice): Location[] {
    return process.platform === "linux" ? namedProcesses(wanted, engine).map(describe) : [];
}

function namedProcesses(wanted: string, engine: EngineChoice): (RunningProcess & { name: string })[] {
    return readProcessTable()
        .filter(({ wine }) => engine === "auto" || (wine !== null) === (engine === "wine"))
        .filter(({ names }) => names.some((name) => isNamed(name, wanted)))
        .map((found) => ({ ...found, name: found.names.find((name) => isNamed(name, wanted))! }));
}

function describe({ pid, names, executable, wine }: RunningProcess): Location {
    const name = names[0] ?? String(pid);
    return wine === null ? { kind: "native", pid, name, executable } : { kind: "wine", pid, wine, name };
}
