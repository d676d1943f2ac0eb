import { setTimeout as pause } from "node:timers/promises";

import type { Engine, EngineChoice } from "../engine/engine.js";
import { openEngine } from "../engine/open-engine.js";
import { UserError } from "../errors.js";
import { isNamed } from "./find-target.js";
import { locate } from "./locate.js";

/** How long to wait for whom. */
export interface WaitFor {
    readonly engine: EngineChoice;
    readonly seconds: number;
    readonly onProgress: (line: string) => void;
}

/** Time between two looks, in milliseconds. */
const LOOK_MS = 200;

/**
 * Waits until a program runs. Two that bear the name end the wait, too; whoever attaches then tells.
 *
 * @param wanted file name, or a pid
 * @throws UserError NO_SUCH_PROCESS when it has not started in time
 */
export async function waitForProgram(wanted: string | number, { engine, seconds, onProgress }: WaitFor): Promise<void> {
    const lister = process.platform === "linux" ? null : await openLister(engine, onProgress);
    try {
        const isThere = () => (lister === null ? isLocated(wanted, engine) : isListed(wanted, lister));
        const end = performance.now() + seconds * 1000;
        if (await isThere()) return;
        onProgress(`waiting for ${wanted} to start`);
        while (performance.now() < end) {
            await pause(LOOK_MS);
            if (await isThere()) return;
        }
    } finally {
        lister?.close();
    }
    throw new UserError(
        "NO_SUCH_PROCESS",
        `${wanted} has not started within ${seconds} s`,
        "Start it, or wait longer: --wait SECONDS",
    );
}

function isLocated(wanted: string | number, engine: EngineChoice): boolean {
    try {
        const { kind } = locate(wanted, engine);
        return kind !== "ask-engine" || typeof wanted === "number"; // a Windows pid, which can't be waited for
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return error.code !== "NO_SUCH_PROCESS";
    }
}

function openLister(choice: EngineChoice, onProgress: (line: string) => void): Promise<Engine> {
    return openEngine({ choice, wine: null, programOutput: "none", onProgress });
}

async function isListed(wanted: string | number, lister: Engine): Promise<boolean> {
    const running = await lister.enumerateProcesses();
    return running.some(({ pid, name }) => (typeof wanted === "number" ? pid === wanted : isNamed(name, wanted)));
}
