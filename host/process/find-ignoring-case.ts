import { existsSync } from "node:fs";
import { join } from "node:path";
import { namesIn, systemPath } from "../files/path-bytes.js";

/**
 * A path below a folder, found without regard to case, as Windows and Wine open it.
 *
 * @param names the path's components; the last may be a file or a folder
 * @returns the path as this system has it, or null if there is none
 */
export function findIgnoringCase(folder: string, names: readonly string[]): string | null {
    let path = folder;
    for (const name of names) {
        const found = existsSync(systemPath(join(path, name)))
            ? name
            : entriesOf(path).find((entry) => isSame(entry, name));
        if (found === undefined) return null;
        path = join(path, found);
    }
    return path;
}

function entriesOf(folder: string): string[] {
    try {
        return namesIn(folder);
    } catch {
        return []; // not a folder, or not readable
    }
}

function isSame(one: string, other: string): boolean {
    return one.toLowerCase() === other.toLowerCase();
}
