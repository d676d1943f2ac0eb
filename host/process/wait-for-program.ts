import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { Engine } from "../frida/engine.js";
import type { EngineChoice } from "../frida/engine-choice.js";
import { openEngine } from "../frida/open-engine.js";
import { UserError } from "../errors.js";
import { isNamed } from "./find-target.js";
import { locateAll, type Location } from "./locate.js";
import { programPath } from "./program-path.js";

/** How long to wait for whom. */
export interface WaitFor {
    readonly engine: EngineChoice;
    readonly seconds: number;
    /** Only a program whose file is in this folder, as far as that can be told (on Linux); null: any. */
    readonly folder: string | null;
    readonly onProgress: (line: string) => void;
}

/** Time between two looks, in milliseconds. */
const pollMs = 200;

/**
 * Waits until a program runs.
 *
 * @param wanted its file name
 * @returns its pid, or the name where the pid is not clear; whoever attaches then tells
 * @throws UserError NO_SUCH_PROCESS when it has not started in time
 */
export async function waitForProgram(wanted: string, waitFor: WaitFor): Promise<string | number> {
    const { seconds, onProgress } = waitFor;
    const look = await lookout(wanted, waitFor);
    try {
        const end = performance.now() + seconds * 1000;
        for (let looks = 0; ; looks++) {
            const found = await look.find();
            const isOver = performance.now() >= end;
            if (found.length === 1) return found[0]!;
            if (isOver && found.length > 1) return wanted;
            if (isOver) throw notStarted(wanted, seconds);
            if (looks === 0) onProgress(`waiting for ${wanted} to start`);
            await pause(pollMs);
        }
    } finally {
        look.close();
    }
}

/** What finds the program each time it looks. */
interface Lookout {
    find(): Promise<(string | number)[]>;
    close(): void;
}

async function lookout(wanted: string, { engine, folder, onProgress }: WaitFor): Promise<Lookout> {
    if (process.platform !== "linux") {
        const lister = await openEngine({ choice: engine, wine: null, programOutput: "none", onProgress });
        return { find: () => listed(wanted, lister), close: () => lister.close() };
    }
    const place = folder === null ? null : realpathSync(folder);
    const find = async () => locateAll(wanted, engine).flatMap((found) => (isIn(found, place) ? pidOf(found) : []));
    return { find, close: () => {} };
}

/** The name is enough there: the engine finds the program by it once more. */
async function listed(wanted: string, lister: Engine): Promise<string[]> {
    const running = await lister.enumerateProcesses();
    return running.some(({ name }) => isNamed(name, wanted)) ? [wanted] : [];
}

/** A program whose file can't be found, as in a container, may be in any folder. */
function isIn(location: Location, folder: string | null): boolean {
    const path = folder === null ? null : programPath(location);
    return path === null || realFolder(path) === folder;
}

function realFolder(path: string): string | null {
    try {
        return realpathSync(dirname(path));
    } catch {
        return null; // it has gone meanwhile
    }
}

function pidOf(location: Location): number[] {
    return location.kind === "ask-engine" ? [] : [location.pid];
}

function notStarted(wanted: string, seconds: number): UserError {
    const resolution = "Start it, or wait longer: --wait SECONDS";
    return new UserError("NO_SUCH_PROCESS", `${wanted} has not started within ${seconds} s`, resolution);
}
