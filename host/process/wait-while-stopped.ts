import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../errors.js";

/** How long a program may be stopped before it is refused, in milliseconds. */
const patienceMs = 5_000;

/**
 * Waits for a Linux program, or a Windows program that Wine runs, to go on where it is stopped: it would not answer, and
 * Frida's way into a stopped program leaves it in a state in which nobody else gets in.
 *
 * @throws UserError NOT_ANSWERING when it does not go on
 */
export async function waitWhileStopped(pid: number, onProgress: (line: string) => void): Promise<void> {
    if (!isStopped(pid)) return;
    onProgress(`pid ${pid} is stopped; waiting for it to go on`);
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
        await pause(50);
        if (!isStopped(pid)) return;
    }
    throw new UserError(
        "NOT_ANSWERING",
        `pid ${pid} is stopped (by SIGSTOP or Ctrl-Z) and answers nobody`,
        `Let it go on first: kill -CONT ${pid}`,
    );
}

function isStopped(pid: number): boolean {
    try {
        return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
        return false; // gone or closed to us, which is told later
    }
}
