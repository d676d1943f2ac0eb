import { readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** How long a folder is left alone: its helper may just be about to start, in milliseconds. */
const restMs = 3_600_000;

/**
 * Removes what frida-core's helpers left behind: each has 10 MB in a folder of its own, which stays when it ends.
 *
 * @param folder where those folders are; nobody but us may be able to write to it
 */
export function sweepUnpacked(folder: string): void {
    const old = readdirSync(folder)
        .filter((name) => /^frida-[0-9a-f]{32}$/.test(name))
        .map((name) => join(folder, name))
        .filter((path) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > restMs);
    if (old.length === 0) return;
    const running = runningPrograms();
    for (const path of old)
        if (!running.some((program) => program.startsWith(`${path}/`))) rmSync(path, { recursive: true, force: true });
}

function runningPrograms(): string[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                return readlinkSync(`/proc/${pid}/exe`);
            } catch {
                return []; // gone, or a stranger's
            }
        });
}
