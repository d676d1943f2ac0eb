import type { WineProcess } from "../process/process-table.js";
import { unixPath } from "../process/wine.js";

/**
 * Paths on this Windows of the modules of a program: those with a drive. A program could name a share of any machine, to
 * which Windows would hand the user's credentials, or a device.
 */
export function pathOnWindows(path: string): string | null {
    return /^(?:\\\\\?\\)?[a-z]:\\/i.test(path) ? path : null;
}

/** Paths on this Linux of the modules of a program that Wine runs in a prefix. */
export function pathsUnderWine({
    prefix,
    home,
}: Pick<WineProcess, "prefix" | "home">): (path: string) => string | null {
    return (path) => unixPath({ path, prefix, home }, null);
}
