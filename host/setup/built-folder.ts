import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "./report.js";
import { withSetupLock } from "./setup-lock.js";

/** A folder that is either complete, and of the wanted pin, or counts as absent. */
export interface BuiltFolder {
    readonly path: string;
    /** Names what the folder must hold; a folder built from another pin is rebuilt. */
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
 * Builds the folder unless it is there already. A run that is killed leaves only a temporary sibling, which the next
 * run removes; a second run at the same time waits for the first.
 *
 * @returns whether anything was built
 */
export async function ensureBuilt(folder: BuiltFolder, report: Report): Promise<boolean> {
    if (isBuilt(folder)) return false;
    mkdirSync(dirname(folder.path), { recursive: true });
    return withSetupLock(folder.path, report, async () => {
        if (isBuilt(folder)) return false;
        const temporary = `${folder.path}.partial`;
        rmSync(temporary, { recursive: true, force: true });
        mkdirSync(temporary);
        await folder.build(temporary);
        writeFileSync(join(temporary, markerName), folder.pin);
        replaceFolder(folder.path, temporary);
        return true;
    });
}

function replaceFolder(path: string, replacement: string): void {
    const outdated = `${path}.outdated`;
    rmSync(outdated, { recursive: true, force: true });
    if (existsSync(path)) renameSync(path, outdated);
    renameSync(replacement, path);
    rmSync(outdated, { recursive: true, force: true });
}
