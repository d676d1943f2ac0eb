import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The Wine loader: `$POOLNV_WINE`, else `wine` on the PATH, else null. Starts no process. */
export function findWine(): string | null {
    const chosen = process.env["POOLNV_WINE"];
    if (chosen) return isProgram(chosen) ? chosen : null;
    return findWineOnPath();
}

/** `wine` on the PATH, whatever the environment asks for, else null. */
export function findWineOnPath(): string | null {
    const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
    return folders.map((folder) => join(folder, "wine")).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
    } catch {
        return false;
    }
}
