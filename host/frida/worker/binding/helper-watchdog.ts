import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isOfFile, readMemoryMap } from "../../../process/memory-map.js";
import { stateOf, tracerOf } from "../../../process/process-status.js";

/** How long a thread must have been at the same place; a helper that works continues it sooner. In milliseconds. */
const stuckMs = 5_000;
const pollMs = 500;

/** Where a tracing stop of a main thread is. */
interface TracingStop {
    tracer: number;
    /** /proc/PID/syscall: the system call with its arguments, the stack pointer, and last the instruction pointer. */
    registers: string;
}

/**
 * Watches the programs of a set of pids that grows, for ever. A helper of Frida's that hangs, with a program's main
 * thread stopped, is killed; then the kernel lets the thread continue where it was. When that happens is in
 * `python/poolnv_worker/helper_watchdog.py`. Does nothing on other systems than Linux.
 */
export function watchHelpers(pids: ReadonlySet<number>): void {
    if (process.platform !== "linux") return;
    const since = new Map<number, { stop: TracingStop | null; began: number }>();
    const check = (pid: number): void => {
        const last = since.get(pid);
        const stop = tracingStopOf(pid);
        if (stop === null || stop.tracer !== last?.stop?.tracer || stop.registers !== last.stop.registers) {
            since.set(pid, { stop, began: performance.now() });
        } else if (performance.now() - last.began > stuckMs) {
            killHangingHelper(pid, stop);
        }
    };
    setInterval(() => pids.forEach(check), pollMs).unref();
}

/** Null if the thread is not traced, or runs. */
function tracingStopOf(pid: number): TracingStop | null {
    const tracer = tracerOf(pid);
    if (tracer === null || stateOf(pid) !== "t") return null;
    try {
        return { tracer, registers: readFileSync(`/proc/${pid}/syscall`, "utf8").trim() };
    } catch {
        return null;
    }
}

/** Only if the thread is in the program's own code and the helper traces no other program. */
function killHangingHelper(pid: number, { tracer, registers }: TracingStop): void {
    if (!isFridas(tracer) || !isOwnCode(pid, registers) || tracedBy(tracer).some((traced) => traced !== pid)) return;
    try {
        process.kill(tracer, "SIGKILL");
    } catch {
        return; // it has ended
    }
}

/** False for this process. */
function isFridas(pid: number): boolean {
    try {
        return pid !== process.pid && readlinkSync(`/proc/${pid}/exe`).replace("memfd:", "").includes("/frida-");
    } catch {
        return false;
    }
}

/** Code of a file or of the kernel, not Frida's: its loader is in anonymous memory, its agent in a memfd. */
function isOwnCode(pid: number, registers: string): boolean {
    const written = registers.split(" ").at(-1) ?? "";
    if (!/^0x[0-9a-f]+$/.test(written)) return false;
    const address = Number(written);
    const found = readMemoryMap(pid)?.find(({ start, end }) => start <= address && address < end);
    return found !== undefined && (found.name === "[vdso]" || isOfFile(found));
}

function tracedBy(tracer: number): number[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => tracerOf(pid) === tracer);
}
