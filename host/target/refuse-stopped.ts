import { readFileSync } from "node:fs";
import { UserError } from "../errors.js";

/**
 * Refuses a Linux program, or a Windows program that Wine runs, that is stopped: it would not answer, and Frida's way
 * into it leaves it in a state in which nobody else gets in.
 *
 * @throws UserError NOT_ANSWERING
 */
export function refuseStopped(pid: number): void {
    if (!isStopped(pid)) return;
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
