import { join } from "node:path";
import { findIgnoringCase } from "./find-ignoring-case.js";

/**
 * Where a Windows path with a drive stands on this system. Wine keeps a link for each drive in its prefix.
 *
 * @returns null where there is no such file or folder, or where the path has no drive
 */
export function pathInPrefix(prefix: string, windowsPath: string): string | null {
    const [, drive, below] = /^([a-z]:)[\\/](.*)$/i.exec(windowsPath) ?? [];
    if (drive === undefined || below === undefined) return null;
    return findIgnoringCase(join(prefix, "dosdevices", drive.toLowerCase()), pathNames(below));
}

/** The names of a path, whichever way its strokes lean. */
export function pathNames(path: string): string[] {
    return path.split(/[\\/]+/).filter((name) => name !== "");
}
