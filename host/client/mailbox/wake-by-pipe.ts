import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from "node:fs";
import type { ControlClaims } from "../../../shared/control-claims.js";

/** Of Linux, the same for every processor that poolnv runs on; Node does not have it. */
const openPathOnly = 0o10000000;

/**
 * Opens the pipe that wakes the resident of a program of this Linux system.
 *
 * @returns the descriptor to write a byte to, which never waits; null if there is none or access is denied
 */
export function openWakePipe(
    pid: number,
    { wakeThread, wakeDescriptor }: Pick<ControlClaims, "wakeThread" | "wakeDescriptor">,
): number | null {
    if (wakeDescriptor === 0) return null;
    const thread = threadSeenFromHere(pid, wakeThread);
    return thread === null ? null : openPipe(`/proc/${pid}/task/${thread}/fd/${wakeDescriptor}`);
}

/** Writes a byte. A pipe that is full has bytes enough; without a reader there is no one to wake. */
export function writeToWakePipe(descriptor: number): void {
    try {
        writeSync(descriptor, Buffer.alloc(1));
    } catch {
        return;
    }
}

/**
 * The program may name any of its descriptors, and opening a file again needs only our rights, not those by which the
 * program opened it. So the file is opened without access first, and for writing only if it is a pipe without a name.
 */
function openPipe(path: string): number | null {
    let place: number | null = null;
    try {
        place = openSync(path, openPathOnly);
        const again = `/proc/self/fd/${place}`;
        const isPipe = fstatSync(place).isFIFO() && readlinkSync(again).startsWith("pipe:[");
        return isPipe ? openSync(again, constants.O_WRONLY | constants.O_NONBLOCK) : null;
    } catch {
        return null;
    } finally {
        if (place !== null) closeSync(place);
    }
}

/** A program in a pid namespace of its own knows its threads by other numbers. */
function threadSeenFromHere(pid: number, thread: number): string | null {
    const isIt = (name: string): boolean => numberOfItsOwn(pid, name) === thread;
    try {
        if (isIt(String(thread))) return String(thread);
        return readdirSync(`/proc/${pid}/task`).find(isIt) ?? null;
    } catch {
        return null; // the program has ended
    }
}

/** The last number is that in its innermost namespace; null if there is no such thread. */
function numberOfItsOwn(pid: number, thread: string): number | null {
    try {
        const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
        return Number(/^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/).at(-1));
    } catch {
        return null;
    }
}
