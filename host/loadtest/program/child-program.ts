import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

import { UserError } from "../../errors.js";
import { hasLoadedLibrary } from "../../process/c-library.js";
import { findProgram } from "../../process/find-program.js";
import type { ExitRecord } from "../results/record.js";
import { nativeExit } from "./exit.js";

/** How long a program may take to load its C library, and how long its loader may take from then on, in milliseconds. */
const libraryMs = 10_000;
const loaderMs = 200;
const pollMs = 10;

/** A program of this system that we have started and that outlives us. */
export interface ChildProgram {
    readonly pid: number;
    /** Resolves once, to exactly how it ended. */
    readonly exit: Promise<ExitRecord>;
    readonly hasEnded: () => boolean;
    /** Ends it, and waits for that. */
    readonly kill: () => Promise<void>;
}

/**
 * Starts a program whose standard input is empty and whose output goes to our standard error, and waits until it has its C
 * library or has ended.
 *
 * @throws UserError NO_SUCH_PROGRAM
 */
export async function startChild(program: string, args: string[]): Promise<ChildProgram> {
    const file = findProgram(program);
    // A session of its own: Ctrl-C in our terminal is ours to act on.
    const child = spawn(file, args, { detached: true, stdio: ["ignore", 2, 2] });
    let hasEnded = false;
    const exit = new Promise<ExitRecord>((resolve) => {
        child.once("exit", (code, signal) => {
            hasEnded = true;
            resolve(nativeExit(code, signal));
        });
    });
    const pid = await started(child, file);
    child.unref(); // it may outlive us
    const mayWait = () => !hasEnded && !(hasLoadedLibrary(pid) ?? process.platform !== "linux");
    for (const end = Date.now() + libraryMs; mayWait() && Date.now() < end;) await pause(pollMs);
    await pause(loaderMs);
    const kill = async (): Promise<void> => {
        if (hasEnded) return;
        child.kill("SIGKILL");
        await exit;
    };
    return { pid, exit, hasEnded: () => hasEnded, kill };
}

function started(child: ChildProcess, file: string): Promise<number> {
    return new Promise((resolve, reject) => {
        child.once("spawn", () => resolve(child.pid!));
        child.once("error", (cause) => {
            const resolution = "Name a program that can be run, or the interpreter of a script.";
            reject(
                new UserError("NO_SUCH_PROGRAM", `${file} can't be started: ${cause.message}`, resolution, { cause }),
            );
        });
    });
}
