import { lstatSync, realpathSync } from "node:fs";
import { resolve } from "node:path";

/** Whether a link stands there that the user has made, or the system. A stranger's must not be followed. */
export function isOwnLink(file: string): boolean {
    const found = lstatSync(file, { throwIfNoEntry: false });
    return found?.isSymbolicLink() === true && [process.getuid?.() ?? found.uid, 0].includes(found.uid);
}

/** Full path of a file that a person has named; where a link of their own stands there, of the file that it leads to. */
export function followOwnLink(file: string): string {
    const full = resolve(file);
    try {
        return isOwnLink(full) ? realpathSync(full) : full;
    } catch {
        return full; // the folder is closed to us, or the link leads to nothing
    }
}
