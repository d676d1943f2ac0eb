import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { pathBytes } from "../files/path-bytes.js";
import { findIgnoringCase } from "./find-ignoring-case.js";
import { findOnPath, isProgram } from "./find-program.js";
import type { WineProcess } from "./process-table.js";

/** Which Wine, and which of its prefixes; null: the default. */
export interface WinePlace {
    /** Path of the Wine loader. */
    loader: string | null;
    /** Folder of the prefix. */
    prefix: string | null;
}

/** Path of the Wine loader: `$POOLNV_WINE`, else `wine` on the PATH, else null. Starts no process. */
export function findWine(): string | null {
    const chosen = process.env["POOLNV_WINE"];
    if (chosen) return isProgram(chosen) ? chosen : null;
    return findOnPath("wine");
}

/**
 * Refuses a Windows program of another user: attaching would start the Wine that it names, in the prefix that it names,
 * with our rights.
 *
 * @throws UserError ACCESS_DENIED
 */
export function refuseOtherUsersWine({ pid, wine }: { pid: number; wine: WineProcess }): void {
    if (wine.user === process.getuid?.()) return;
    throw new UserError(
        "ACCESS_DENIED",
        `pid ${pid} is a Windows program of another user, and so is the Wine that runs it`,
        "Run poolnv as the user who owns the program.",
    );
}

/** A path of this system as programs under Wine write it. Wine reads bytes that are no UTF-8 as U+FFFD, and finds the file by it. */
export function windowsPath(path: string): string {
    return "Z:" + pathBytes(path).toString("utf8").replaceAll("/", "\\");
}

/**
 * Path on this system of the file of a Windows program.
 *
 * @param folder where a path without drive starts; null if it is not known
 * @returns null if there is no such file
 */
export function unixPath(
    { path, prefix, home }: Pick<WineProcess, "path" | "prefix" | "home">,
    folder: string | null,
): string | null {
    const onDrive = /^(?:\\\\\?\\)?([a-z]:[\\/].*)$/i.exec(path)?.[1];
    if (onDrive !== undefined) return pathInPrefix(prefix ?? join(home ?? homedir(), ".wine"), onDrive);
    const unix = /^(?:\\\\\?\\unix\\|\/)(.*)$/i.exec(path)?.[1]; // Wine keeps a Unix path that it was started with
    if (unix !== undefined) return findIgnoringCase("/", pathNames(unix));
    return folder === null ? null : findIgnoringCase(folder, pathNames(path));
}

/**
 * Path on this system of a Windows path with a drive. Wine keeps a link for each drive in its prefix.
 *
 * @returns null if there is no such file or folder, or if the path has no drive
 */
export function pathInPrefix(prefix: string, windowsPath: string): string | null {
    const [, drive, below] = /^([a-z]:)[\\/](.*)$/i.exec(windowsPath) ?? [];
    if (drive === undefined || below === undefined) return null;
    return findIgnoringCase(join(prefix, "dosdevices", drive.toLowerCase()), pathNames(below));
}

/** The names of a path that slashes or backslashes separate. */
function pathNames(path: string): string[] {
    return path.split(/[\\/]+/).filter((name) => name !== "");
}
