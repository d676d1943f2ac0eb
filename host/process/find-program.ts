import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { UserError } from "../errors.js";

/**
 * Full path of a program: as given when it has a folder, else looked for in the working directory (Windows programs) and
 * on the PATH.
 *
 * @throws UserError NO_SUCH_PROGRAM
 */
export function findProgram(program: string, cwd = process.cwd()): string {
    const hasFolder = isAbsolute(program) || /[\\/]/.test(program);
    const places = hasFolder ? [resolve(cwd, program)] : [...onPath(program), resolve(cwd, program)];
    const found = places.find(isProgram);
    if (found !== undefined) return found;
    throw new UserError(
        "NO_SUCH_PROGRAM",
        `there is no program ${program}`,
        hasFolder ? "Check the path." : "Give its full path, or a folder relative to here: ./program",
    );
}

function onPath(program: string): string[] {
    return (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
}

/** Windows programs need no execute permission: Wine reads them. */
function isProgram(path: string): boolean {
    try {
        if (!statSync(path).isFile()) return false;
        accessSync(path, /\.exe$/i.test(path) ? constants.R_OK : constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
