import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "poolnv-worker-";

/**
 * Where frida-core unpacks its agents on Windows, 43 MB. It does not take them away: a program with a pool uses them until
 * it ends. So they get a folder of ours, and each worker removes those of workers that have gone. Must be there before
 * frida-core is loaded. On Linux our parent sees to it (`private-folder.ts`).
 */
export class UnpackingFolder {
    /** What programs that we spawn must have: not our temporary folder. */
    readonly environmentBefore: NodeJS.ProcessEnv = { ...process.env };
    readonly #folder: string | null = null;

    constructor() {
        if (process.platform !== "win32") return;
        const place = tmpdir();
        removeAbandoned(place);
        this.#folder = make(place);
        if (this.#folder === null) return;
        for (const name of ["TEMP", "TMP"]) process.env[name] = this.#folder;
    }

    remove(): void {
        if (this.#folder !== null) removeQuietly(this.#folder);
    }
}

function make(place: string): string | null {
    try {
        return mkdtempSync(join(place, `${prefix}${process.pid}-`));
    } catch {
        return null;
    }
}

function removeAbandoned(place: string): void {
    for (const name of readdirSync(place)) {
        const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
        if (pid !== undefined && !isRunning(Number(pid))) removeQuietly(join(place, name));
    }
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
}

/** What is still in use stays until the next time. */
function removeQuietly(folder: string): void {
    try {
        rmSync(folder, { recursive: true, force: true });
    } catch {
        return;
    }
}
