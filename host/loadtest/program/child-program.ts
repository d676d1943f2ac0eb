import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../errors.js";
import { hasLoadedLibrary } from "../../process/c-library.js";
import { findProgram } from "../../process/find-program.js";
import { pollUntil } from "../../process/poll.js";
import type { ExitRecord } from "../results/record.js";
import { nativeExit } from "./exit.js";

/** How long a program may take until its C library is mapped, in milliseconds, and how often that is polled. */
const libraryMs = 10_000;
const pollMs = 10;
/** How long its loader gets after that to finish, in milliseconds. */
const loaderMs = 200;

/** A program of this system that we have started. It is not ended with us. */
export interface ChildProgram {
    readonly pid: number;
    /** Resolves once, to how it ended. */
    readonly exit: Promise<ExitRecord>;
    readonly hasEnded: () => boolean;
    /** Kills it, and waits for its end. */
    readonly kill: () => Promise<void>;
}

/**
 * Starts a program with empty standard input and with its output on our standard error. Waits until it has loaded its C
 * library, or has ended.
 *
 * @throws UserError NO_SUCH_PROGRAM
 */
export async function startChild(program: string, args: string[]): Promise<ChildProgram> {
    const file = findProgram(program);
    // In a session of its own: Ctrl-C in our terminal must not reach it.
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
    const isLoaded = () => hasEnded || (hasLoadedLibrary(pid) ?? process.platform !== "linux");
    await pollUntil(() => isLoaded() || null, { everyMs: pollMs, limitMs: libraryMs });
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
            const resolution = "Name an executable program, or the interpreter of a script.";
            reject(
                new UserError("NO_SUCH_PROGRAM", `${file} can't be started: ${cause.message}`, resolution, { cause }),
            );
        });
    });
}
