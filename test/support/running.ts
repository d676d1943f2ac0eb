import { readFileSync, readdirSync } from "node:fs";

/** Whether a process of this system runs: one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
    try {
        return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
        return false;
    }
}

/** The letter by which proc(5) names the state of a process; null when it has gone. */
export function stateOf(pid: number): string | null {
    try {
        return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? null;
    } catch {
        return null;
    }
}

/** Whether a tracer has any thread of a process in hand. */
export function isTraced(pid: number): boolean {
    try {
        return readdirSync(`/proc/${pid}/task`).some(
            (tid) => !/^TracerPid:\s+0$/m.test(readFileSync(`/proc/${pid}/task/${tid}/status`, "utf8")),
        );
    } catch {
        return false;
    }
}

/** Pids on this system, Wine or not, of the processes whose command line is such. */
export function pidsWhere(matches: (args: string[]) => boolean): number[] {
    return pids().filter((pid) => isRunning(pid) && matches(argumentsOf(pid)));
}

/** Pids of the processes that a process has started. */
export function childrenOf(parent: number): number[] {
    return pids().filter((pid) => parentOf(pid) === parent && isRunning(pid));
}

/** The session (in the sense of terminals) that a process belongs to. */
export function sessionOf(pid: number): number {
    const behindName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!;
    return Number(behindName.split(" ")[3]);
}

function pids(): number[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
}

function argumentsOf(pid: number): string[] {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    } catch {
        return [];
    }
}

/** The parent of a process, or null when the process has gone. */
export function parentOf(pid: number): number | null {
    try {
        return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    } catch {
        return null;
    }
}
