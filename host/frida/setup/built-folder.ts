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
        removeLeftovers(folder.path);
        // A name of its own: what a killed run had started may live on for a while and write into its own folder.
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

/** Removes what is being removed or was being built when its run ended; what resists is left to the next run. */
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
