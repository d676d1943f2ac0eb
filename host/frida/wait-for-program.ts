import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../errors.js";
import { pollUntil } from "../process/poll.js";
import type { Engine, EngineChoice } from "./engine.js";
import { isNamed, locateAll, type Location, programPath } from "./locate.js";
import { openEngine } from "./open-engine.js";

/** Which program to wait for, and how long. */
export interface WaitFor {
    readonly engine: EngineChoice;
    readonly seconds: number;
    /** Only a program whose file is in this folder, if its file can be found (on Linux); null: any. */
    readonly folder: string | null;
    readonly onProgress: (line: string) => void;
}

/** Time between two searches, in milliseconds. */
const pollMs = 200;

/**
 * Waits until a program runs.
 *
 * @param wanted its file name
 * @returns its pid, or its name if several match or the pid is not known; attaching by that name decides then
 * @throws UserError NO_SUCH_PROCESS if it has not started in time
 */
export async function waitForProgram(wanted: string, waitFor: WaitFor): Promise<string | number> {
    const { seconds, onProgress } = waitFor;
    const finder = await openFinder(wanted, waitFor);
    let searches = 0;
    let matchCount = 0;
    try {
        const found = await pollUntil(
            async () => {
                const matches = await finder.find();
                matchCount = matches.length;
                if (matchCount === 1) return matches[0]!;
                if (searches++ === 0) onProgress(`waiting for ${wanted} to start`);
                return null;
            },
            { everyMs: pollMs, limitMs: seconds * 1000 },
        );
        if (found !== null) return found;
        if (matchCount > 1) return wanted;
        throw notStarted(wanted, seconds);
    } finally {
        finder.close();
    }
}

/** Searches for the program each time it is polled. */
interface Finder {
    find(): Promise<(string | number)[]>;
    close(): void;
}

async function openFinder(wanted: string, { engine: choice, folder, onProgress }: WaitFor): Promise<Finder> {
    if (process.platform !== "linux") {
        const engine = await openEngine({ choice, wine: null, programOutput: "none", onProgress });
        return { find: () => listed(wanted, engine), close: () => engine.close() };
    }
    const place = folder === null ? null : realpathSync.native(folder);
    const find = async () => locateAll(wanted, choice).flatMap((found) => (isIn(found, place) ? pidOf(found) : []));
    return { find, close: () => {} };
}

/** The name is enough there: attaching searches by it once more. */
async function listed(wanted: string, engine: Engine): Promise<string[]> {
    const running = await engine.enumerateProcesses();
    return running.some(({ name }) => isNamed(name, wanted)) ? [wanted] : [];
}

/** A program whose file can't be found, as in a container, may be in any folder. */
function isIn(location: Location, folder: string | null): boolean {
    const path = folder === null ? null : programPath(location);
    return path === null || realFolder(path) === folder;
}

function realFolder(path: string): string | null {
    try {
        return realpathSync.native(dirname(path));
    } catch {
        return null; // removed meanwhile
    }
}

function pidOf(location: Location): number[] {
    return location.kind === "ask-engine" ? [] : [location.pid];
}

function notStarted(wanted: string, seconds: number): UserError {
    const resolution = "Start it, or wait longer: --wait SECONDS";
    return new UserError("NO_SUCH_PROCESS", `${wanted} has not started within ${seconds} s`, resolution);
}
