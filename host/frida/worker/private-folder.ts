import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rmSync } from "../../files/change-files.js";
import { cacheFolder } from "../setup/cache-folder.js";

/**
 * Environment of a process that loads frida-core: its temporary files are in a folder of the user's alone. On Linux
 * frida-core finds a helper that serves all its hosts by a socket with a predictable name: in the common temporary
 * folder another user could have created that name first.
 */
export function withPrivateFolder(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return process.platform === "linux" ? { ...env, TMPDIR: privateFolder() } : env;
}

/** Longest path of a folder that leaves room for the name of a local socket in it (108 bytes in all). */
const longestPath = 70;

function privateFolder(): string {
    const usual = cacheFolder("run");
    try {
        if (usual.length <= longestPath) {
            mkdirSync(usual, { recursive: true, mode: 0o700 });
            chmodSync(usual, 0o700);
            removeOldHelpers(usual);
            return usual;
        }
    } catch {
        // the cache is not writable
    }
    return mkdtempSync(join(tmpdir(), "poolnv-run-"));
}

/** A younger folder is not removed: its helper may be about to start. In milliseconds. */
const leastAgeMs = 3_600_000;

/**
 * Removes the folders of frida-core's helpers that do not run: each has 10 MB, and stays when its helper ends.
 *
 * @param folder their parent; must be writable by us alone
 */
export function removeOldHelpers(folder: string): void {
    const old = readdirSync(folder)
        .filter((name) => /^frida-[0-9a-f]{32}$/.test(name))
        .map((name) => join(folder, name))
        .filter((path) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > leastAgeMs);
    if (old.length === 0) return;
    const running = runningPrograms();
    for (const path of old) {
        if (!running.some((program) => program.startsWith(`${path}/`))) rmSync(path, { recursive: true, force: true });
    }
}

/** Paths of the programs that this user may inspect. */
function runningPrograms(): string[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
            try {
                return readlinkSync(`/proc/${pid}/exe`);
            } catch {
                return []; // it has ended, or belongs to another user
            }
        });
}
