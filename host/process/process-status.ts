import { readFileSync } from "node:fs";

/** Pid of the process of this Linux system that is attached to another by ptrace, or null; null on other systems. */
export function tracerOf(pid: number): number | null {
    try {
        const tracer = /^TracerPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return Number(tracer ?? 0) || null;
    } catch {
        return null;
    }
}

/** Whether a tracer is attached to a process of this Linux system; false on other systems. */
export function isTraced(pid: number): boolean {
    return tracerOf(pid) !== null;
}

/** Letter of the main thread's state as in proc(5): `t` is a tracing stop, `T` a stop. Null: it has ended. */
export function stateOf(pid: number): string | null {
    try {
        return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.charAt(0) ?? null;
    } catch {
        return null;
    }
}
