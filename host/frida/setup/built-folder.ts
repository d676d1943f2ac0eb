import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.js";
import { removeIfUnused, renameSync } from "../../files/change-files.js";
import { describeSystemError, isSystemError } from "../../files/system-error.js";
import { withProcessLock } from "../../process/process-lock.js";
import type { Report } from "./run-step.js";

/** A folder that counts as absent unless it is complete and of the wanted pin. */
export interface BuiltFolder {
    readonly path: string;
    /** Identifies the wanted content; a folder built from another pin is rebuilt. */
    readonly pin: string;
    /** Fills an empty folder, `temporary`, which is then renamed to `path`. */
    build(temporary: string): Promise<void>;
}

const markerName = ".poolnv-complete";

/** Whether the folder is complete and current. Reads one small file. */
export function isBuilt(folder: Pick<BuiltFolder, "path" | "pin">): boolean {
    const marker = join(folder.path, markerName);
    return existsSync(marker) && readFileSync(marker, "utf8") === folder.pin;
}

/**
 * Builds the folder unless it is complete already. A run that is killed leaves only a temporary sibling, which the next
 * run removes; a second run at the same time waits for the first.
 *
 * @returns whether anything was built
 */
export async function ensureBuilt(folder: BuiltFolder, report: Report): Promise<boolean> {
    if (isBuilt(folder)) return false;
    mkdirSync(dirname(folder.path), { recursive: true });
    return withProcessLock(folder.path, report, async () => {
        if (isBuilt(folder)) return false;
        removeLeftovers(folder.path);
        // A name of its own: a process that a killed run had started may still write into that run's folder.
        const temporary = mkdtempSync(`${folder.path}.partial-`);
        await folder.build(temporary);
        writeFileSync(join(temporary, markerName), folder.pin);
        replaceFolder(folder.path, temporary);
        return true;
    });
}

/** @throws UserError SETUP_FAILED if a program holds a file of the old folder */
function replaceFolder(path: string, replacement: string): void {
    const outdated = `${path}.partial-outdated`;
    try {
        if (existsSync(path)) renameSync(path, outdated);
        renameSync(replacement, path);
    } catch (cause) {
        if (!isSystemError(cause)) throw cause;
        throw new UserError(
            "SETUP_FAILED",
            `${path} can't be replaced: ${describeSystemError(cause)}`,
            "End other runs of poolnv, then run the same command again.",
            { cause },
        );
    }
    removeLeftovers(path);
}

/** Removes the temporary siblings of earlier runs; one that can't be removed is left to the next run. */
function removeLeftovers(path: string): void {
    for (const name of readdirSync(dirname(path))) {
        if (name.startsWith(`${basename(path)}.partial-`)) removeIfUnused(join(dirname(path), name));
    }
}
