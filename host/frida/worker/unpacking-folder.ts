import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeIfUnused } from "../../files/change-files.js";

const prefix = "poolnv-worker-";

/**
 * Folder into which frida-core unpacks its agents on Windows, 43 MB. It does not remove them: a program with a pool uses
 * them until it ends. So each worker has a folder of its own and removes those of workers that have ended. Must be
 * made before frida-core is loaded. On Linux the parent does the same (`private-folder.ts`).
 */
export class UnpackingFolder {
    /** The environment for programs that are spawned: without our temporary folder. */
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
        if (this.#folder !== null) removeIfUnused(this.#folder);
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
        if (pid !== undefined && !isRunning(Number(pid))) removeIfUnused(join(place, name));
    }
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
}
