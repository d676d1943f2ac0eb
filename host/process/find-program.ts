import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { UserError } from "../errors.js";
import { fullPath, systemPath } from "../files/path-bytes.js";
import { isFolder } from "../files/read-file.js";

/**
 * Full path of a program. One without a folder is searched on the PATH, then in the working directory.
 *
 * @throws UserError NO_SUCH_PROGRAM
 */
export function findProgram(program: string, cwd = ""): string {
    const hasFolder = isAbsolute(program) || /[\\/]/.test(program);
    const here = fullPath(cwd, program);
    const found = (hasFolder ? null : findOnPath(program)) ?? (isProgram(here) ? here : null);
    if (found !== null) return found;
    throw new UserError(
        "NO_SUCH_PROGRAM",
        `there is no program ${program}`,
        hasFolder ? "Check the path." : "Give its full path, or a folder relative to here: ./program",
    );
}

/**
 * Full path of the folder that a program is started in: the one chosen; else for a Windows program its own, because
 * games open their files relative to it; else ours, so that relative arguments mean the same.
 *
 * @param path of the program
 * @throws UserError NO_SUCH_FOLDER
 */
export function workingFolder(path: string, chosen: string | undefined, isWindowsProgram: boolean): string {
    if (chosen === undefined) return isWindowsProgram ? dirname(path) : process.cwd();
    const folder = fullPath("", chosen);
    if (isFolder(folder)) return folder;
    throw new UserError("NO_SUCH_FOLDER", `there is no folder ${folder}`, "Name one that exists: --cwd FOLDER");
}

/** Full path of a program on the PATH, or null. */
export function findOnPath(program: string): string | null {
    const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
    return folders.map((folder) => join(folder, program)).find(isProgram) ?? null;
}

/** Windows programs need no execute permission: Wine only reads them. */
export function isProgram(path: string): boolean {
    try {
        if (!statSync(systemPath(path)).isFile()) return false;
        accessSync(systemPath(path), /\.exe$/i.test(path) ? constants.R_OK : constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
