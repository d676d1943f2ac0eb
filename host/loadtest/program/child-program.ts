import { type ChildProcess, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../errors.js";
import { hasOtherBytes, pathBytes, realPath } from "../../files/path-bytes.js";
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
    const [first, ...rest] = spawnable([file, ...args]);
    const child = spawn(first, rest, { detached: true, stdio: ["ignore", 2, 2] });
    let hasEnded = false;
    const exit = new Promise<ExitRecord>((resolve) => {
        child.once("exit", (code, signal) => {
            hasEnded = true;
            resolve(nativeExit(code, signal));
        });
    });
    const pid = await started(child, file);
    child.unref(); // it may outlive us
    const isLoaded = () =>
        hasEnded ||
        ((hasLoadedLibrary(pid) ?? process.platform !== "linux") && (first === file || hasReplacedShell(pid)));
    await pollUntil(() => isLoaded() || null, { everyMs: pollMs, limitMs: libraryMs });
    await pause(loaderMs);
    const kill = async (): Promise<void> => {
        if (hasEnded) return;
        child.kill("SIGKILL");
        await exit;
    };
    return { pid, exit, hasEnded: () => hasEnded, kill };
}

/** Node starts programs with UTF-8 arguments only: a shell puts other bytes together, and the program takes its place. */
function spawnable(words: [string, ...string[]]): [string, ...string[]] {
    if (!words.some(hasOtherBytes)) return words;
    const octal = (word: string) =>
        [...pathBytes(word)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    const lines = words.map((word) => `word=$(printf '${octal(word)}x'); set -- "$@" "\${word%x}"`);
    return [shell, "-c", ["set --", ...lines, 'exec "$@"'].join("\n")];
}

const shell = "/bin/sh";

function hasReplacedShell(pid: number): boolean {
    try {
        return readlinkSync(`/proc/${pid}/exe`) !== realPath(shell);
    } catch {
        return true; // ended, or no Linux
    }
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
