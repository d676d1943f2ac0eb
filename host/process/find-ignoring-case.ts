import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * A path below a folder, found whatever the case of its letters: what Windows and Wine would open.
 *
 * @param names file names on the way, the last may be a file or a folder
 * @returns the path as this system has it, or null when there is none
 */
export function findIgnoringCase(folder: string, names: readonly string[]): string | null {
    let path = folder;
    for (const name of names) {
        const found = existsSync(join(path, name)) ? name : entriesOf(path).find((entry) => isSame(entry, name));
        if (found === undefined) return null;
        path = join(path, found);
    }
    return path;
}

function entriesOf(folder: string): string[] {
    try {
        return readdirSync(folder);
    } catch {
        return []; // no folder, or closed to us
    }
}

function isSame(one: string, other: string): boolean {
    return one.toLowerCase() === other.toLowerCase();
}
