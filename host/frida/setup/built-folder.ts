import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
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

function replaceFolder(path: string, replacement: string): void {
    const outdated = `${path}.partial-outdated`;
    if (existsSync(path)) renameSync(path, outdated);
    renameSync(replacement, path);
    removeLeftovers(path);
}

/** Removes the temporary siblings of earlier runs; one that can't be removed is left to the next run. */
function removeLeftovers(path: string): void {
    for (const name of readdirSync(dirname(path))) {
        if (!name.startsWith(`${basename(path)}.partial-`)) continue;
        try {
            rmSync(join(dirname(path), name), { recursive: true, force: true });
        } catch {
            continue;
        }
    }
}
